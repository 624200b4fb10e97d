/** Lines of the log: one schema, with the same names on every line about a job. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { recordsOf } from "../cli/log/records.ts";
import type { Fact } from "../messages/facts.ts";
import { lineSchemas, readLine } from "./log_lines.ts";

const recordOf = (fact: Fact) => [...recordsOf({ seq: 9, at: 0, fact }, "here", 0)];

Deno.test("logs: a control fact is one record with what all lines have", () => {
  const resized = { type: "resized", pool: "default", from: 2, actual: 4, decision: 7 } as const;
  assertEquals(recordOf({ ...resized, trigger: "a\nb" }), [{
    at: "1970-01-01T00:00:00.000Z",
    level: "info",
    type: "resized",
    node: "here",
    seq: 9,
    pool: "default",
    from: 2,
    to: 4,
    decision: 7,
    because: "a\nb",
  }]);
  assertEquals(recordOf({ type: "machine", actor: "a", event: "e", value: 1 }), []);
  assertEquals(
    recordOf({ type: "told", id: "j1", operation: "o", kind: "stdout", value: "x" }),
    [],
  );
  assertEquals([...recordsOf({ type: "gap", from: 1, to: 2 }, "here", 0)][0]!["to"], 2);
});

Deno.test("logs: an incident has its level while it is open, and is news when it is over", () => {
  const about = {
    incident: "i1",
    rule: "overrun",
    subject: "tests",
    level: "critical",
    message: "Job j1 of tests has run long",
  } as const;
  const line = (fact: Fact) => readLine(JSON.stringify(recordOf(fact)[0]));
  const { at: _at, seq: _seq, node: _node, ...raised } = line({
    type: "alertRaised",
    ...about,
    value: 0.8,
  });
  assertEquals<unknown>(raised, { type: "alertRaised", ...about, value: 0.8 });
  const { level, was, lastedMs } = line({ type: "alertCleared", ...about, lastedMs: 5 });
  assertEquals<unknown>([level, was, lastedMs], ["info", "critical", 5]);
});

Deno.test("logs: every job line has the five names, whatever its caller said", () => {
  const labels = fc.record({
    projectId: fc.string(),
    executionId: fc.string({ minLength: 1 }),
    taskId: fc.string(),
    correlationId: fc.string({ minLength: 1 }),
  }, { requiredKeys: [] });
  const moves = fc.constantFrom("accepted", "began", "requeued", "ended");
  fc.assert(fc.property(fc.array(fc.option(labels), { minLength: 1 }), moves, (all, move) => {
    const ids = all.map((_, i) => `j${i}`);
    const endings = all.map((_, i) => i % 2 === 0 ? "done" as const : "failed" as const);
    const reason = { category: "exit", code: "c", message: null } as const;
    const reasons = endings.map((ending) => ending === "done" ? null : reason);
    const column = <T>(cell: T) => ids.map(() => cell);
    const took = { attempts: column(2), waitMs: column(5), durationMs: column(7.5) };
    const ended = move === "ended" ? { endings, reasons, ...took } : {};
    const operations = ids.map((id) => `of ${id}`);
    const records = recordOf({ type: "jobs", move, ids, operations, labels: all, ...ended });
    assertEquals(records.length, all.length);
    records.forEach((record, i) => {
      const line = readLine(JSON.stringify(record));
      assertEquals([line.task_id, line.node, line.operation], [ids[i], "here", operations[i]]);
      assertEquals(line.project_id, all[i]?.projectId ?? null);
      assertEquals(line.correlation_id, all[i]?.correlationId ?? ids[i]);
      assertEquals(line.execution_id, all[i]?.executionId ?? ids[i]);
      const { attempts, waitMs, durationMs, category } = line;
      const isEnd = move === "ended";
      assertEquals(
        [attempts, waitMs, durationMs],
        isEnd ? [2, 5, 7.5] : [undefined, undefined, undefined],
      );
      assertEquals(category, isEnd && i % 2 === 1 ? "exit" : undefined);
    });
  }));
});

Deno.test("logs: the page of the log lists every field of every type", async () => {
  const page = await Deno.readTextFile(new URL("../docs/logs.md", import.meta.url));
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([^|]*) +\| [^|]+ \|$/gm)]
    .map(([, type, fields]) => [type, [...fields!.matchAll(/`(\w+)`/g)].map(([, name]) => name)]);
  const names = ["correlation_id", "project_id", "execution_id", "task_id", "caller_task_id"]
    .concat("operation");
  const hidden = new Set(["at", "level", "type", "node", "seq"]);
  const expected = Object.entries(lineSchemas).map(([type, { shape }]) => {
    const own = Object.keys(shape).filter((name) => !hidden.has(name));
    return [type, type === "job" || type === "told" ? own.filter((n) => !names.includes(n)) : own];
  });
  assertEquals(rows, expected);
  for (const name of [...names, ...hidden]) assert(page.includes(`\`${name}\``), name);
});
