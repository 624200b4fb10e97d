/** The service's log as people read it, on a terminal. */
import { assert, assertEquals } from "@std/assert";
import { logSchema } from "../actors/log_config.ts";
import { plainLine } from "../cli/log/plain_line.ts";
import { ServiceLog } from "../cli/log/service_log.ts";
import type { Outcome } from "../messages/outcome.ts";
import { told } from "./feed.ts";
import { readLine } from "./log_lines.ts";
import { jobOf } from "./orders.ts";
import { settled } from "./until.ts";

Deno.test("logs: who looks on reads words, without what is secret; a file and a pipe have JSON", async () => {
  const { journal, runtime } = told();
  const written: string[] = [];
  const log = new ServiceLog(logSchema.parse({}), {
    runtime,
    address: "127.0.0.1:1",
    standard: (text) => Promise.resolve(void written.push(...text.trimEnd().split("\n"))),
    terminal: (text, style) => style === undefined ? text : `<${style}>${text}</>`,
    env: { DB_PASSWORD: "correct horse" },
    secrets: [],
  });
  const said = () => written.splice(0).map((line) => line.replace(/\d\d:\d\d:\d\d/, "T"));
  await settled();
  assert(log.isPlain);
  journal.ended(jobOf(1), { type: "failed", code: "x", message: "a\nb" } as Outcome);
  log.say("config", { version: 1, sources: "from --port", differs: "1 key differs", config: {} });
  log.say("warning", { level: "warning", message: "correct horse" });
  log.say("status", { pending: 3, oldestWaitMs: null, verdict: "idle" });
  await settled();
  assertEquals(said(), [
    "<dim>T</> config    from --port; 1 key differs (flyball config show --live)",
    "<dim>T</> warning   <yellow>warning: [redacted]</>",
    "<dim>T</> status    pending 3 · verdict idle",
    "<dim>T</> job       <yellow>warning: j1 failed · t · x a ⏎ b</>",
  ]);
  log.configure(logSchema.parse({ format: "json" }));
  log.say("config", { version: 1, change: "" });
  await settled();
  assertEquals(written.splice(0).map(readLine).map(({ type }) => type), ["config"]);
  assertEquals(log.isPlain, false);
  await log.close();
});

Deno.test("logs: each type of line has a sentence for people that names what it is about", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const line = (type: string, fields: object) =>
    plainLine({ at, level: "info", type, node: "n", seq: 1, ...fields }, (text) => text)
      .replace(/^\S+ /, "");
  const envelope = { floor: 1, cap: 4 };
  const decided = {
    pool: "default",
    envelope,
    because: "head waits",
    decision: 7,
    blockedBy: null,
  };
  assertEquals(
    line("decided", decided),
    "decided   default: 1 to 4 workers: head waits (decision 7)",
  );
  assertEquals(
    line("decided", { ...decided, envelope: { floor: 2, cap: 2 }, blockedBy: "cooldown" }),
    "decided   default: 2 workers: head waits (decision 7, blocked by cooldown)",
  );
  assertEquals(
    line("resized", { pool: "p", from: 1, to: 3, decision: 7, because: "head waited 31 ms" }),
    "resized   p: 1 -> 3 workers: head waited 31 ms (decision 7)",
  );
  assertEquals(
    line("worker", { pool: "p", worker: "1.2", pid: 9, state: "gone", because: "idle" }),
    "worker    p: worker 1.2 gone: idle",
  );
  assertEquals(line("gap", { from: 3, to: 9 }), "gap       from 3 · to 9");
  assertEquals(
    line("job", { task_id: "j1", move: "began", operation: "hash" }),
    "job       j1 began · hash",
  );
});
