import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { Refusal } from "../actors/runtime.ts";
import { textOf } from "../cli/alerts.ts";
import { complain, oneLine } from "../cli/complain.ts";
import { exitOf } from "../cli/exit.ts";
import { jobLine } from "../cli/job_text.ts";
import { etaMs, pastMeter, progressLine, rateMeter } from "../cli/progress.ts";
import { findTasks } from "../cli/task_files.ts";
import { vitalsText } from "../cli/vitals_text.ts";
import type { Incident } from "../messages/alert.ts";
import { inFolder } from "./command_line.ts";
import { unseenHost } from "./unseen.ts";

Deno.test("exit: every refusal ends with its documented code, anything else with 70", () => {
  const codes: Record<string, number> = {
    usage: 64,
    unknown_task: 64,
    some_code_of_the_future: 64,
    no_input: 66,
    service_unreachable: 69,
    port_in_use: 69,
    cannot_create: 73,
    already_running: 75,
    port_not_permitted: 77,
    invalid_config: 78,
    refuse_public_without_token: 78,
    gave_up: 70,
  };
  for (const [code, expected] of Object.entries(codes)) {
    assertEquals(exitOf(new Refusal(code, "no")), expected, code);
  }
  assertEquals(exitOf(new Error("broken")), 70);
  assertEquals(exitOf(new Deno.errors.PermissionDenied("no")), 77);
});

Deno.test("complain: one harmless line for a mistake, a stack for a fault of ours", () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  complain(new Refusal("usage", "a\n b\x1b[31mc"), print);
  assertEquals(lines.splice(0), ["flyball: a b\\x1b[31mc"]);
  complain(new Error("broken invariant"), print);
  assertMatch(lines[0]!, /^flyball: internal error: Error: broken invariant\n\s+at /);
  assertEquals(oneLine("x\x00\x9by"), "x\\x00\\x9by");
});

Deno.test("progress: one line with rate, time left and the last reason, cut to the terminal", () => {
  const pool = {
    workers: { ready: 8, starting: 0, draining: 0, idle: 1 },
    lastResize: { at: "", from: 4, to: 8, because: "head waited 31 ms", decision: 3 },
  };
  const progress = { succeeded: 120, failed: 2, running: 16, ratePerS: 55.3, etaMs: 80_000, pool };
  const line =
    "120 done · 2 failed · 16 running · 8 workers · 55/s · ETA 1m20s · 4 -> 8: head waited 31 ms";
  assertEquals(progressLine(progress, 200), line);
  assertEquals(progressLine(progress, 20), `${line.slice(0, 19)}…`);
  assertEquals(
    progressLine({ ...progress, failed: 0, ratePerS: null, etaMs: null, pool: null }, 80),
    "120 done · 16 running",
  );
});

Deno.test("progress: the course of the rate stands behind it, a bar each second", () => {
  const past = pastMeter(4);
  const seen = [0, 10, 30, 30, 70, 80].map((total, second) => [...past(total, second * 1_000)]);
  assertEquals(seen, [[], [10], [10, 20], [10, 20, 0], [10, 20, 0, 40], [20, 0, 40, 10]]);
  const progress = { succeeded: 80, failed: 0, running: 4, etaMs: null, pool: null };
  assertEquals(
    progressLine({ ...progress, ratePerS: 17, past: seen.at(-1)! }, 80),
    "80 done · 4 running · 17/s ▅▁█▃",
  );
  assertEquals(
    progressLine({ ...progress, ratePerS: 17, past: [1] }, 80),
    "80 done · 4 running · 17/s",
  );
});

Deno.test("progress: the time left follows from the share of the input and the rate", () => {
  assertEquals(etaMs({ ended: 80, open: 20, share: 0.5, ratePerS: 10 }), 12_000);
  assertEquals(etaMs({ ended: 80, open: 20, share: 1, ratePerS: 10 }), 2_000);
  assertEquals(etaMs({ ended: 80, open: 20, share: null, ratePerS: 10 }), null);
  assertEquals(etaMs({ ended: 0, open: 20, share: 1, ratePerS: 0 }), null);
  const meter = rateMeter(10_000);
  assertEquals(meter(0, 0), null);
  assertEquals(meter(50, 1_000), 50);
  for (let second = 2; second <= 20; second++) meter(50, second * 1_000);
  assertEquals(meter(50, 21_000), 0);
});

Deno.test("tasks: one file is one task, tests and private files are none", async () => {
  const files = {
    "hash.ts": "",
    "scan-many.mjs": "",
    "hash_test.ts": "",
    "types.d.ts": "",
    "_shared.ts": "",
    "README.md": "",
  };
  await inFolder(files, async (cwd) => {
    const tasks = await findTasks(cwd);
    assertEquals(Object.keys(tasks), ["hash", "scan-many"]);
    assertEquals(tasks.hash!.url, new URL(`file://${cwd}/hash.ts`).href);
    await Deno.writeTextFile(join(cwd, "Bad Name.ts"), "");
    const refusal = await findTasks(cwd).catch((error) => error);
    assertEquals([refusal instanceof Refusal, refusal.code], [true, "invalid_task_name"]);
  });
});

Deno.test("job: its line cannot smuggle control characters to the terminal", () => {
  const line = jobLine({
    id: "j1",
    state: "failed",
    command: ["echo", "\x1b]0;owned\x07"],
    operation: "echo",
    pool: "default",
    priority: "normal",
    attempt: 2,
    acceptedAt: "",
  });
  assertEquals(line, "j1 failed · echo $'\\x1b]0;owned\\x07' · attempt 2");
});

const incident: Incident = {
  id: "a1",
  rule: "overrun",
  subject: "tests",
  state: "open",
  level: "warning",
  message: "Job j1 of tests\nhas run long",
  value: .8,
  raisedAt: "2026-01-01T00:00:00.000Z",
  clearedAt: null,
};

Deno.test("alerts: one line for each incident and each sink", () => {
  assertEquals(textOf({ items: [], sinks: [] }), "nothing is wrong");
  const sink = { name: "ops", type: "slack", queued: 2, delivered: 7, dropped: 0 } as const;
  const over = { ...incident, rule: "cpu", subject: null, state: "cleared" } as const;
  const clearedAt = "2026-01-01T00:01:00.000Z";
  assertEquals(
    textOf({
      items: [incident, { ...over, clearedAt }],
      sinks: [{ ...sink, because: "answered 503" }],
    }).split("\n"),
    [
      "open warning overrun of tests · since 2026-01-01T00:00:00.000Z · Job j1 of tests has run long",
      "cleared warning cpu · since 2026-01-01T00:00:00.000Z until 2026-01-01T00:01:00.000Z · " +
      "Job j1 of tests has run long",
      "sink ops (slack) · 7 delivered, 2 wait, 0 dropped · answered 503",
    ],
  );
});

Deno.test("status: one zombie is a zombie", () => {
  const counts = { running: 1, sleeping: 2, blocked: 0, stopped: 0, zombie: 0, other: 0 };
  const said = [0, 1, 2].map((zombie) => {
    const processes = { ...counts, zombie, own: { ...counts, zombie }, ageMs: 0 };
    return vitalsText({ ...unseenHost, processes }).join(" ").match(/\d+ zombies? \(ours \d\)/)
      ?.[0];
  });
  assertEquals(said, ["0 zombies (ours 0)", "1 zombie (ours 1)", "2 zombies (ours 2)"]);
});
