/** `flyball logs`: exactly those lines that are asked for. */
import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { logLevels } from "../actors/log_config.ts";
import { recordsOf } from "../cli/log/records.ts";
import { isWanted } from "../cli/logs.ts";
import type { Fact } from "../messages/facts.ts";
import { flyball } from "./command_line.ts";
import { tempFolder } from "./live.ts";

const took = { attempts: [1], waitMs: [0], durationMs: [1] };
const labels = fc.record({
  projectId: fc.constantFrom("p", "q"),
  executionId: fc.constantFrom("e", "f"),
  correlationId: fc.constantFrom("c", "d"),
}, { requiredKeys: [] });
const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ id: fc.constantFrom("j1", "j2"), labels, operation: fc.constantFrom("a", "b") }).map(
    ({ id, labels, operation }): Fact => ({
      ...{ type: "jobs", move: "ended", ids: [id], operations: [operation], labels: [labels] },
      ...{ endings: ["failed"], ...took },
      reasons: [{ category: "exit", code: "exit_nonzero", message: null }],
    }),
  ),
  fc.constant<Fact>({ type: "opened", epoch: 1, version: "0" }),
);
const line = fc.record({ fact, at: fc.integer({ min: 0, max: 9 }) }).map(({ fact, at }) =>
  JSON.parse(JSON.stringify([...recordsOf({ seq: 1, at, fact }, "here", at)][0]))
);
const wanted = fc.record({
  job: fc.constantFrom("j1", "j2"),
  correlation: fc.constantFrom("c", "j1"),
  execution: fc.constantFrom("e", "j2"),
  project: fc.constantFrom("p", "q"),
  operation: fc.constantFrom("a", "b"),
  level: fc.constantFrom(...logLevels),
  since: fc.integer({ min: 0, max: 9 }),
  until: fc.integer({ min: 0, max: 9 }),
  type: fc.subarray(["job", "opened"]),
}, { requiredKeys: ["type"] });

Deno.test("logs: a line is wanted if each question about it is answered with yes", () => {
  fc.assert(fc.property(line, wanted, (fields, all) => {
    const apart = Object.entries(all).map(([name, value]) =>
      isWanted(fields, name === "type" ? { type: all.type } : { type: [], [name]: value })
    );
    assertEquals(isWanted(fields, all), apart.every(Boolean));
    const { task_id, level, type } = fields;
    if (all.job) assertEquals(isWanted(fields, { type: [], job: all.job }), task_id === all.job);
    if (all.level) {
      const isLoud = logLevels.indexOf(level) >= logLevels.indexOf(all.level);
      assertEquals(isWanted(fields, { type: [], level: all.level }), isLoud);
    }
    assertEquals(isWanted(fields, { type: [type] }), true);
  }));
});

Deno.test("logs: of a file and what it was before are printed, the oldest first, as they are", async () => {
  await using folder = await tempFolder();
  const at = (n: number) => `2026-01-01T00:00:0${n}.000Z`;
  const say = (n: number, level: string, more: object) =>
    JSON.stringify({ at: at(n), level, type: "job", node: "n", seq: n, ...more });
  const of = (id: string) => ({ task_id: id, correlation_id: "c", move: "ended" });
  const lines = [
    say(1, "debug", of("j1")),
    say(2, "warning", { ...of("j2"), operation: "ship", ending: "failed" }),
    say(3, "warning", { ...of("j1"), operation: "ship", ending: "failed" }),
    say(4, "info", of("j1")),
  ];
  const path = `${folder.path}/service.log`;
  await Deno.writeTextFile(`${path}.2`, `${lines[0]}\n`);
  await Deno.writeTextFile(`${path}.1`, `no line of a log\n${lines[1]}\n`);
  await Deno.writeTextFile(path, `${lines[2]}\n{"at": broken\n${lines[3]}\n`);
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await flyball(["logs", path, ...args], { cwd: folder.path });
    assertEquals([code, stderr], [0, ""]);
    return stdout.trimEnd().split("\n");
  };
  assertEquals(await ask(), lines);
  assertEquals(await ask("--job", "j1", "--level", "info", "--since", at(3)), lines.slice(2));
  const [text] = await ask("--operation", "ship", "--until", at(3), "--text");
  assertMatch(text!, /j2.*ship|ship.*j2/);
  const none = await flyball(["logs", "none.log"], { cwd: folder.path });
  assertEquals([none.code, none.stdout], [66, ""]);
  assertMatch(none.stderr, /^flyball: Cannot read none\.log: /);
});
