/** The service's log: one schema, no secrets, bounded, and nobody waits for it. */
import { assert, assertEquals, assertObjectMatch, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { logSchema } from "../actors/log_config.ts";
import { redactor } from "../cli/log/redact.ts";
import { RotatedFile } from "../cli/log/rotated_file.ts";
import { ServiceLog } from "../cli/log/service_log.ts";
import { Sink } from "../cli/log/sink.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { Status } from "../messages/status.ts";
import { told } from "./feed.ts";
import { tempFolder } from "./live.ts";
import { readLine } from "./log_lines.ts";
import { jobOf } from "./orders.ts";
import { settled, until } from "./until.ts";

Deno.test("logs: no secret comes through, by its name, its form or its value", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);
  fc.assert(fc.property(secret, secret, (hidden, plain) => {
    fc.pre(!plain.includes(hidden) && !hidden.includes(plain));
    const env = { STRIPE_API_KEY: hidden, PATH: plain };
    const text = redactor({ names: ["PIN"], env, values: [] });
    const shown = text({
      message: `called with ${hidden} and ${plain}`,
      nested: { apiToken: "t0ps3cret", pin: 4711, password: null, keys: [plain] },
    });
    assert(!shown.includes(hidden), shown);
    const { message, nested } = JSON.parse(shown);
    assertEquals(message, `called with [redacted] and ${plain}`);
    assertEquals(nested, {
      apiToken: "[redacted]",
      pin: "[redacted]",
      password: null,
      keys: [plain],
    });
  }));
  const text = redactor({ names: [], env: {}, values: ["the.token+of(callers"] });
  const forms = [
    ["password=hunter2 rest", "password=[redacted] rest"],
    ["Authorization: Bearer abc.def-123", "Authorization: [redacted]"],
    ["sent Bearer abcdefgh12345", "sent Bearer [redacted]"],
    ["postgres://me:hunter2@db/x", "postgres://me:[redacted]@db/x"],
    ["x the.token+of(callers y", "x [redacted] y"],
    ["the head waited 31 ms", "the head waited 31 ms"],
    ["key host:example.org", "key host:example.org"],
  ];
  for (const [said, written] of forms) {
    assertEquals(JSON.parse(text({ message: said })), { message: written });
  }
});

Deno.test("logs: lines wait in bounded memory, and those that find no room are told of", async () => {
  const written: string[] = [];
  let open = Promise.withResolvers<void>();
  const sink = new Sink(async (text) => {
    await open.promise;
    written.push(...text.trimEnd().split("\n"));
  }, (lines) => `dropped ${lines}`);
  const line = "x".repeat(999);
  for (let i = 0; i < 3_000; i++) sink.push(line);
  const late = performance.now();
  await sink.close(20);
  assert(performance.now() - late < 5_000, "an end does not wait for a writer that is stuck");
  open.resolve();
  await sink.close(30_000);
  const dropped = written.filter((text) => text.startsWith("dropped"));
  const missing = dropped.reduce((sum, text) => sum + Number(text.slice(8)), 0);
  assertEquals(written.length - dropped.length + missing, 3_000);
  assert(missing > 1_900 && missing < 2_000, `${missing}`);
  open = Promise.withResolvers();
});

Deno.test("logs: a line that comes just when the last one is written is not left behind", async () => {
  for (let turns = 0; turns < 12; turns++) {
    const written: string[] = [];
    const sink = new Sink((text) => Promise.resolve(void written.push(text)), String);
    sink.push("a");
    for (let i = 0; i < turns; i++) await Promise.resolve();
    sink.push("b");
    await until(() => written.join("").includes("b"));
  }
});

Deno.test("logs: what could not be written is told of when it can be again", async () => {
  const written: string[] = [];
  let broken = true;
  const sink = new Sink((text) => {
    if (broken) return Promise.reject(new Error("no space"));
    written.push(text);
    return Promise.resolve();
  }, (lines) => `dropped ${lines}`);
  for (const line of ["a", "b"]) sink.push(line);
  await sink.close(30_000);
  sink.push("c");
  await sink.close(30_000);
  broken = false;
  sink.push("d");
  await sink.close(30_000);
  assertEquals(written, ["d\ndropped 3\n"]);
});

Deno.test("logs: a file is rotated by its size, with so many files kept, no line cut or lost", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/service.log`;
  const file = new RotatedFile(path, 1_000, 3);
  const lines = Array.from({ length: 60 }, (_, i) => `line ${i} ${"x".repeat(80)}\n`);
  for (const line of lines.slice(0, 30)) await file.write(line);
  await file.close();
  for (const line of lines.slice(30)) await file.write(line);
  await file.close();
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assertEquals(names, ["service.log", "service.log.1", "service.log.2", "service.log.3"]);
  const kept = ["service.log.3", "service.log.2", "service.log.1", "service.log"]
    .map((name) => Deno.readTextFileSync(`${folder.path}/${name}`));
  for (const text of kept) assert(text.length <= 1_000 && text.length > 0);
  assert(lines.join("").endsWith(kept.join("")), "the last lines, in order");
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  await Deno.remove(path);
  await Deno.mkdir(path);
  assertEquals(await file.write("x\n").then(() => "written", () => "refused"), "refused");
  await Deno.remove(path);
  await file.write("again\n");
  await file.close();
  assertEquals(Deno.readTextFileSync(path), "again\n");
});

Deno.test("logs: the level may change while it runs, and costs nothing before", async () => {
  const { journal, runtime } = told();
  const lines: string[] = [];
  const log = new ServiceLog(logSchema.parse({}), {
    runtime,
    address: "127.0.0.1:1",
    standard: (text) => Promise.resolve(void lines.push(...text.trimEnd().split("\n"))),
    env: {},
    secrets: [],
  });
  const job = jobOf(1, { projectId: "p" });
  const outcome = { type: "failed", code: "exit_nonzero", message: "no" } as Outcome;
  const live = () => {
    journal.moved("accepted", [job]);
    journal.ended(job, outcome);
    journal.ended(jobOf(2), { type: "done" } as Outcome);
  };
  const heard = () =>
    lines.splice(0).map(readLine).map(({ level, task_id, move }) => `${level} ${task_id} ${move}`);
  await settled();
  live();
  await settled();
  assertEquals(heard(), ["warning j1 ended"]);
  log.configure(logSchema.parse({ level: "debug", node: "box" }));
  await settled();
  live();
  await settled();
  assertEquals(heard(), ["debug j1 accepted", "warning j1 ended", "debug j2 ended"]);
  log.configure(logSchema.parse({ level: "error" }));
  await settled();
  live();
  log.say("internal", { level: "error", correlation_id: "c", message: "m" });
  await log.close();
  assertEquals(lines.map(readLine).map(({ type }) => type), ["internal"]);
  const before = journal.seq;
  live();
  assert(journal.seq > before);
});

Deno.test("logs: the state of the service is a line every 30 s, where that is asked for", async () => {
  using time = new FakeTime();
  const lines: string[] = [];
  const calm = { failedLastMinute: 0, verdict: "well" };
  const status = { pending: 3, scheduled: 0, oldestWaitMs: 5, running: 2, size: 2, ...calm };
  const log = new ServiceLog(logSchema.parse({ statusEveryMs: 30_000 }), {
    runtime: { ...told().runtime, status: () => status as unknown as Status },
    address: "127.0.0.1:1",
    standard: (text) => Promise.resolve(void lines.push(...text.trimEnd().split("\n"))),
    env: {},
    secrets: [],
  });
  await time.tickAsync(300_000);
  assertObjectMatch(readLine(lines[0]!), { level: "info", type: "status", ...status });
  assertEquals(lines.length, 10, "two a minute");
  log.configure(logSchema.parse({ statusEveryMs: null }));
  await time.tickAsync(60_000);
  assertEquals(lines.length, 10);
  const closing = log.close();
  await time.tickAsync(2_000);
  await closing;
});

Deno.test("logs: a file that can't be written is told of once, where lines go otherwise", async () => {
  await using folder = await tempFolder();
  const said: string[] = [];
  const config = logSchema.parse({ file: `${folder.path}/none/x.log` });
  const log = new ServiceLog(config, {
    runtime: told().runtime,
    address: "127.0.0.1:1",
    standard: (text) => Promise.resolve(void said.push(text)),
    env: {},
    secrets: [],
  });
  for (let i = 0; i < 3; i++) {
    log.say("config", { version: i, change: "" });
    await until(() => said.length > 0);
  }
  await log.close();
  assertEquals(said.length, 1);
  assert(said[0]!.startsWith(`flyball: the log can't be written to ${folder.path}/none/x.log`));
});

Deno.test("logs: levels, sizes and names that are none are refused", () => {
  for (const bad of [{ level: "loud" }, { fileBytes: 10 }, { files: 0 }, { colour: true }]) {
    assertThrows(() => logSchema.parse(bad));
  }
});
