/** What jobs say while they run: how much of it is kept, who hears it, and how it is asked for. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { Job } from "../actors/job.ts";
import { JobLog } from "../actors/job_log.ts";
import { endedLog, followLog, loggedOf, Logs } from "../actors/logs.ts";
import type { LogPiece } from "../messages/log.ts";
import type { Outcome } from "../messages/outcome.ts";
import { Live } from "../worker/live.ts";
import { flyball, inFolder } from "./command_line.ts";
import { fixedAt, gather, live, tempFolder } from "./live.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf, orderOf } from "./orders.ts";
import { serve } from "./serving.ts";
import { until } from "./until.ts";

const piece = (text: string): LogPiece => ({ at: 1, attempt: 1, stream: "log", text });

const outcome = (part: Partial<Outcome>) => ({ attempts: 2, durationMs: 4.5, ...part }) as Outcome;

Deno.test("log: keeps the first and the last words and counts what is missing between them", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 60 }), (lengths) => {
      const log = new JobLog();
      const texts = lengths.map((length, i) => String(i).padEnd(length, "."));
      for (const text of texts) log.add(piece(text));
      const kept = log.pieces();
      const missing = kept.reduce((sum, { droppedChars = 0 }) => sum + droppedChars, 0);
      const all = texts.reduce((sum, { length }) => sum + length, 0);
      assertEquals(kept.reduce((sum, { text }) => sum + text.length, missing), all);
      assert(log.chars <= 64 * 1024, `${log.chars}`);
      const split = kept.findIndex(({ droppedChars }) => droppedChars !== undefined);
      const head = split < 0 ? kept.length : split;
      assertEquals(kept.slice(0, head).map(({ text }) => text), texts.slice(0, head));
      assertEquals(
        kept.slice(head).map(({ text }) => text),
        texts.slice(texts.length - kept.length + head),
      );
    }),
  );
});

Deno.test("log: all logs together have a bound, and an ended one makes room", () => {
  const logs = new Logs(new ManualClock());
  const jobs = Array.from({ length: 1_100 }, (_, i) => jobOf(i + 1));
  const fill = (job: Job) => {
    for (let i = 0; i < 10; i++) logs.told(job, "stdout", "x".repeat(8_000));
  };
  jobs.forEach(fill);
  const full = jobs.filter(({ log }) => log!.chars > 0).length;
  assert(full > 1_000 && full < 1_100, `${full}`);
  assertEquals(jobs.at(-1)!.log!.pieces(), []);
  jobs.slice(0, 200).forEach((job) => logs.ended(job));
  const late = jobOf(2_000);
  fill(late);
  assert(late.log!.chars > 0);
  const fleeting = new Job(-1, orderOf(), 0, 0);
  logs.told(fleeting, "log", "not kept");
  logs.told(late, "progress", 1);
  assertEquals(fleeting.log, null);
});

Deno.test("log: of an ended job is what was told, or what its outcome says", () => {
  const job = jobOf(1);
  job.log = new JobLog();
  job.log.add(piece("said"));
  assertEquals(loggedOf(job, outcome({ type: "failed" })), [piece("said")]);
  assertEquals(loggedOf(job, outcome({ type: "done", stdout: "" })), undefined);
  assertEquals(loggedOf(jobOf(2), outcome({ type: "done" })), undefined);
  const of = (part: Partial<Outcome>, log?: LogPiece[]) =>
    endedLog({ id: 1, endedAt: 7, outcome: outcome(part), ...(log && { log }) });
  assertEquals(of({ type: "done" }, [piece("said")]), [piece("said")]);
  assertEquals(of({ type: "done", output: 1 }), []);
  assertEquals(of({ type: "done", stdout: "out\n", stderr: "", stderrBase64: "/w==" }), [
    { at: 7, attempt: 2, stream: "stdout", text: "out\n", since: 2 },
    { at: 7, attempt: 2, stream: "stderr", text: "\ufffd", since: 2 },
  ]);
});

Deno.test("log: a follower hears all from the beginning, and of a slow one the oldest is left out", async () => {
  const job = jobOf(1);
  const follower = followLog(job, new ManualClock());
  const first = follower.next();
  job.log!.add(piece("one"));
  assertEquals((await first).value?.text, "one");
  for (let i = 0; i < 1_030; i++) job.log!.add(piece(`${i}`.padStart(4)));
  const next = (await follower.next()).value!;
  assertEquals([next.text.trim(), next.droppedChars], ["6", 24]);
  new Logs(new ManualClock()).ended(job);
  const rest = await Array.fromAsync(follower);
  assertEquals([rest.length, rest.at(-1)!.text], [1_023, "1029"]);

  const stop = new AbortController();
  const left = followLog(job, new ManualClock(), stop.signal);
  assertEquals((await left.next()).value?.text, "one");
  stop.abort();
  await left.return(undefined);
  job.outcome = outcome({ type: "done" });
  assertEquals(
    (await Array.fromAsync(followLog(job, new ManualClock()))).length > 0,
    true,
    "it ends at once",
  );
});

Deno.test("log: a follower gets with the end what a command had no time to tell", async () => {
  const said = async (job: Job) =>
    (await Array.fromAsync(followLog(job, new ManualClock()))).map(({ text }) => text);
  const ended = () => {
    const job = jobOf(1);
    job.attempt = 2;
    job.outcome = outcome({ type: "done", stdout: "out", stderr: "err" });
    return job;
  };
  assertEquals(await said(ended()), ["out", "err"], "ended before anybody listened");
  const again = ended();
  again.log = new JobLog();
  again.log.add(piece("of the first attempt"));
  assertEquals(await said(again), ["of the first attempt", "out", "err"]);
  const told = ended();
  told.log = new JobLog();
  told.log.add({ ...piece("told"), attempt: 2 });
  assertEquals(await said(told), ["told"]);
  const late = ended();
  const { outcome: then } = late;
  late.outcome = null;
  const follower = followLog(late, new ManualClock());
  const first = follower.next();
  late.outcome = then;
  new Logs(new ManualClock()).ended(late);
  assertEquals([(await first).value?.text, (await follower.next()).value?.text], ["out", "err"]);

  await using runtime = await live();
  for (let i = 0; i < 5; i++) {
    const { id } = await runtime.submit({ command: ["echo", "short"] });
    assertEquals(await texts(await runtime.log(id, { follow: true })), ["stdout short\n"]);
  }
});

Deno.test("log: what a command writes is told while it runs, in bounded pieces that say what is missing", async () => {
  const told: [number, string][] = [];
  let fits = true;
  const heard = new Live((stream, text) => (told.push([stream, text]), fits));
  const bytes = (text: string) => new TextEncoder().encode(text);
  heard.take(1, bytes("ä").subarray(0, 1));
  heard.take(1, bytes("ä").subarray(1));
  heard.take(2, bytes("err"));
  assertEquals(told, [], "not at once");
  await until(() => told.length === 2);
  assertEquals(told.splice(0), [[1, "ä"], [2, "err"]]);
  for (let i = 0; i < 100; i++) heard.take(1, new Uint8Array(1_000).fill(0x78));
  await until(() => told.length === 1);
  const [[, text]] = told.splice(0) as [[number, string]];
  assertMatch(text, /^x{8192}\n… 91808 bytes are left out\n$/);
  fits = false;
  heard.take(1, bytes("lost"));
  await until(() => told.length === 1);
  fits = true;
  told.length = 0;
  heard.take(1, bytes("end"));
  heard.end();
  assertEquals(told, [[1, "end\n… 4 bytes are left out\n"]]);
});

Deno.test("log: a command that ends at once tells nothing while it runs", async () => {
  const told: string[] = [];
  const heard = new Live((_stream, text) => (told.push(text), true));
  heard.take(1, new Uint8Array([0x61]));
  heard.end();
  await new Promise((resolve) => setTimeout(resolve, 150));
  assertEquals(told, []);
});

const texts = async (pieces: AsyncIterable<LogPiece> | null) =>
  (await Array.fromAsync(pieces!)).map(({ stream, text }) => `${stream} ${text}`);

Deno.test("log: of jobs that run and of those that have ended, over a restart", async () => {
  await using folder = await tempFolder();
  const config = { ...fixedAt(1), store: { engine: "sqlite" as const } };
  let lines: string[];
  {
    await using runtime = await live(config, `${folder.path}/data`);
    await using gathered = gather(runtime);
    const line = "echo one; sleep 0.3; echo two >&2";
    const { id } = await runtime.submit({ command: ["sh", "-c", line] });
    lines = await texts(await runtime.log(id, { follow: true }));
    assertEquals(lines, ["stdout one\n", "stderr two\n"]);
    const said = gathered.of("told").map(({ kind, value }) => `${kind} ${value}`);
    assertEquals(said, lines, "facts tell it as well");
    await runtime.wait(id, 30_000);
    assertEquals(await texts(await runtime.log(id)), lines);

    const task = await runtime.submit({ task: "toy", input: { do: "tell", lines: 3 } });
    await runtime.wait(task.id, 30_000);
    const job = await runtime.job(task.id);
    assertEquals(Object.hasOwn(job!.outcome!, "log"), false);
    assertEquals(await runtime.log("j99"), null);
  }
  await using runtime = await live(config, `${folder.path}/data`);
  assertEquals(await texts(await runtime.log("j1")), lines);
  assertEquals(await texts(await runtime.log("j2")), ["log line 1", "log line 2", "log line 3"]);
});

Deno.test("log: over HTTP and on the command line, as it comes and afterwards", async () => {
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    const line = "echo one; until [ -e go ]; do sleep 0.02; done; printf 'two\\033[31m'";
    const [job] = await service.submit({ command: ["sh", "-c", line], cwd });
    const following = flyball(["job", job!.id, "--log", "-f"], { cwd });
    const response = await fetch(`${service.url}/api/v1/jobs/${job!.id}/log?follow`);
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    let streamed = "";
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      streamed += text;
      if (streamed.includes("one")) await Deno.writeTextFile(`${cwd}/go`, "");
    }
    assertMatch(streamed, /event: piece\ndata: \{.*"one\\n".*\n[^]*event: end\ndata: \{\}\n\n$/);
    const place = /^id: (\S+)$/m.exec(streamed)![1]!;
    const on = await fetch(`${service.url}/api/v1/jobs/${job!.id}/log?follow&after=0.0.0.0.0`, {
      headers: { "last-event-id": place },
    });
    assertMatch(
      await on.text(),
      /^retry: 1000\n\nid: \S+\nevent: piece\ndata: .*"two.*\n\nevent: end/,
    );
    const seen = await service.ask("GET", `/api/v1/jobs/${job!.id}/log`);
    const nothing = await fetch(`${service.url}/api/v1/jobs/${job!.id}/log?follow`, {
      headers: { "last-event-id": seen.body.items.at(-1).place },
    });
    assertEquals([nothing.status, await nothing.text()], [204, ""]);
    const wrong = await service.ask("GET", `/api/v1/jobs/${job!.id}/log?after=7`);
    assertEquals([wrong.status, wrong.body.code], [400, "invalid_after"]);
    const { code, stdout, stderr } = await following;
    assertEquals([code, stdout, stderr], [0, "one\ntwo\x1b[31m", ""]);
    const { body } = await service.ask("GET", `/api/v1/jobs/${job!.id}/log`);
    assertEquals(body.items.map(({ text }: LogPiece) => text), ["one\ntwo\x1b[31m"]);
    assertEquals((await service.ask("GET", "/api/v1/jobs/j99/log")).status, 404);
    const again = await flyball(["job", job!.id, "--log"], { cwd });
    assertEquals([again.code, again.stdout], [0, "one\ntwo\x1b[31m"]);
    const json = await flyball(["job", job!.id, "--log", "-f", "--json"], { cwd });
    assertEquals(JSON.parse(json.stdout).stream, "stdout");
  });
});
