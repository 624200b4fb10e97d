/** Who reads a log and comes back later: from where they go on. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LogReader, readOn } from "../actors/log_reader.ts";
import { endedLog } from "../actors/logs.ts";
import { Refusal } from "../actors/runtime.ts";
import type { Control } from "../cli/control.ts";
import { printLog } from "../cli/job_log.ts";
import type { LogPiece, LogStream } from "../messages/log.ts";
import type { Outcome } from "../messages/outcome.ts";

const outcome = (part: Partial<Outcome>) => ({ attempts: 1, durationMs: 900, ...part }) as Outcome;

Deno.test("log: who comes back goes on where they were", async () => {
  const streams = ["log", "stdout", "stderr"] as const;
  const told = fc.array(
    fc.record({
      step: fc.nat(2),
      stream: fc.constantFrom(...streams),
      text: fc.string({ minLength: 1 }),
    }),
    { minLength: 1 },
  ).map((parts) => {
    let at = 100;
    return parts.map(({ step, stream, text }): LogPiece => ({
      at: at += step,
      attempt: 1,
      stream,
      text,
    }));
  });
  const all = (pieces: LogPiece[], place?: string) =>
    Array.fromAsync(readOn(pieces, new LogReader(place)));
  await fc.assert(fc.asyncProperty(told, fc.nat(), async (pieces, cut) => {
    const read = await all(pieces);
    assertEquals(read.map(({ text }) => text), pieces.map(({ text }) => text));
    const { place } = read[cut % read.length]!;
    assertEquals(await all(pieces, place), read.slice(cut % read.length + 1));
    // The job has ended: its log is now the whole output of each stream.
    const of = (stream: LogStream, some: LogPiece[]) =>
      some.filter((one) => one.stream === stream).map(({ text }) => text).join("");
    const whole = endedLog({
      id: 1,
      endedAt: 1_000,
      outcome: outcome({
        stdout: of("stdout", pieces),
        stderr: of("stderr", pieces),
      }),
    });
    const rest = await all([...whole], place);
    for (const stream of ["stdout", "stderr"] as const) {
      assertEquals(of(stream, rest), of(stream, pieces.slice(cut % read.length + 1)));
    }
    assertEquals(await all([...whole], rest.at(-1)?.place ?? place), []);
    // It was begun anew after its service was killed: nothing of that was read.
    const anew = pieces.map((one) => ({ ...one, at: one.at + 1_000 }));
    assertEquals((await all(anew, place)).length, pieces.length);
    const later = whole.map((one) => ({ ...one, since: 500 }));
    assertEquals((await all(later, place)).map(({ text }) => text), whole.map(({ text }) => text));
  }));
  assertThrows(
    () => new LogReader("1.2"),
    Refusal,
    'after must be the place of a piece of this log, given "1.2"',
  );
});

Deno.test("log: the command line follows over a restart of the service", async () => {
  const said = { stdout: "", stderr: "" };
  const sinkOf = (name: "stdout" | "stderr") => ({
    write: (text: string) => void (said[name] += text),
    terminal: false,
  });
  const sinks = { stdout: sinkOf("stdout"), stderr: sinkOf("stderr") };
  const asked: string[] = [];
  const event = (text: string, attempt: number) => ({
    id: text,
    type: "piece",
    data: JSON.stringify({ at: 1, attempt, stream: "stdout", text, place: text }),
  });
  const away = () => new Refusal("service_unreachable", "service unreachable");
  const turns = [
    [event("a", 1), new TypeError("error reading a body from connection")],
    [away()],
    [],
    [event("b", 2), { id: null, type: "end", data: "{}" }],
  ];
  const control = (script: typeof turns): Control => ({
    where: "unix:control.sock",
    ask: () => Promise.reject(away()),
    events: async function* (path) {
      asked.push(path);
      for (const item of await Promise.resolve(script.shift() ?? [away()])) {
        if (item instanceof Error) throw item;
        yield item;
      }
    },
    [Symbol.dispose]: () => {},
  });
  await printLog(control(turns), "j1", { follow: true }, sinks);
  assertEquals(said, { stdout: "ab", stderr: "… attempt 2\n" });
  assertEquals(asked.map((path) => path.replace("/api/v1/jobs/j1/log", "")), [
    "?follow",
    "?follow&after=a",
    "?follow&after=a",
    "?follow&after=a",
  ]);
  const never = () => printLog(control([]), "j1", { follow: true }, sinks);
  await assertRejects(never, Refusal, "service unreachable", "it was not there at first");
});
