/** What a controller has recorded: read again, and decided again by the same policies and by others. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { readRecordingLine, recordingLine } from "../actors/recording_text.ts";
import { Refusal } from "../actors/refusal.ts";
import { replayAll, type ReplayWish } from "../cli/replay.ts";
import type { Decision } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";
import { bind, scalingPolicies } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import { SeededRandom } from "../simulation/random.ts";
import { readRecording, replayRecording } from "../simulation/recording.ts";
import { shaped, stepped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { live } from "./live.ts";
import { until } from "./until.ts";

const shape = { name: "step", spanS: 400, rateMax: 16, serviceS: .5 };
const workload = shaped({ ...shape, rate: stepped(2, 16, 90, 200) }, new SeededRandom(7));

/** As it is written down: verdicts come later, and what is undefined is not there. */
const written = (decisions: readonly Decision[]) =>
  decisions.map((decision) => sorted({ ...decision, verdict: null }));

/** With its keys in order, as text. */
const sorted = (value: unknown) =>
  JSON.stringify(
    value,
    (_name, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1))
        : part,
  );

for (const name of ["governor", "classic", "forecast"]) {
  Deno.test(`recording: ${name} decides the same again, in all parts of it`, async () => {
    const decided: Decision[] = [];
    let text = "";
    await simulate(workload, {
      ...{ policy: { name }, startMs: 700, cpuRatio: .3, max: 40 },
      note: (fact) => fact.type === "decided" && decided.push(fact.decision),
      recorded: (recording) => text = recording,
    });
    const parts = readRecording(text);
    const again = replayRecording(parts);
    assert(again.looks >= 80, `${again.looks} looks`);
    assert(parts.length > 1 || name === "classic", `${parts.length} parts`);
    assertEquals(written(again.decisions), written(decided));
    assertEquals(again.recorded.map(({ id }) => id), decided.map(({ id }) => id));
  });
}

Deno.test("recording: every policy goes on from where another one was saved", async () => {
  const readings: Reading[] = [];
  await simulate(workload, { max: 40, look: ({ reading }) => readings.push(reading) });
  const moments = readings.filter((_, n) => n % 8 === 0);
  const half = moments.length >> 1;
  // Those who need a word to begin with are left out.
  for (const { name } of scalingPolicies.filter(({ name }) => !/external|schedule/.test(name))) {
    const [one, other] = [paced(bind(name)), paced(bind(name))];
    for (const reading of moments.slice(0, half)) one.step(reading);
    const line = { type: "told", nowMs: 0, message: { type: "x", saved: one.save!() } } as const;
    const { message } = readRecordingLine(recordingLine(line)) as typeof line;
    other.load!(message.saved);
    for (const reading of moments.slice(half)) {
      assertEquals(sorted(other.step(reading)), sorted(one.step(reading)), name);
    }
  }
});

Deno.test("recording: a live run is decided the same again; another policy would have done else", async () => {
  await using runtime = await live({ pools: { default: { workers: { min: 1, max: 4 } } } });
  const naps = Array.from({ length: 60 }, () => runtime.run("toy", { do: "nap", ms: 40 }));
  const pool = runtime.pool();
  await Promise.all(naps);
  pool.pin(3, 60_000);
  await until(() => runtime.status().size === 3);
  const [victim] = runtime.workerPids;
  Deno.kill(victim!, "SIGKILL");
  await until(() => runtime.status().size === 3 && !runtime.workerPids.includes(victim!));
  pool.resume();
  await until(() => runtime.status().size < 3);
  const decided = runtime.decisions();
  const parts = readRecording(await runtime.insight.recording());
  const again = replayRecording(parts);
  assert(decided.length >= 3, `${decided.length} decisions`);
  const known = again.decisions.slice(0, decided.length);
  assertEquals(written(known), written(decided));
  const answer = await runtime.fetch(
    new Request("http://127.0.0.1/api/v1/pools/default/recording"),
  );
  const { pool: name, lines } = await answer.json();
  assertEquals(readRecording(lines.join("\n")).length, parts.length);
  assertEquals(name, "default");
  const refused = await assertRejects(() => runtime.insight.recording("none"), Refusal);
  assertEquals(refused.code, "unknown_pool");
  const other = replayRecording(parts, [bind("fixed", { workers: 2 })]);
  assertEquals(other.looks, again.looks);
  assert(other.decisions.every(({ winner }) => winner !== "governor"));
});

Deno.test("recording: the command line says whether it is the same, and what others would do", async () => {
  let text = "";
  await simulate(workload, { max: 40, recorded: (recording) => text = recording });
  const said = (wish: ReplayWish, given = text) => {
    const lines: string[] = [];
    const code = replayAll("run", given, wish, (line) => lines.push(line));
    return { code, text: lines.join("\n") };
  };
  const same = said({ policies: [], json: false });
  assertEquals(same.code, 0);
  assertMatch(same.text, /^run: \d+ looks in 40\d\.\d s: \d+ decisions, the same again$/);
  const served = JSON.stringify({ pool: "default", lines: text.split("\n") });
  assertEquals(said({ policies: [], json: false }, served), same);
  const wrong = text.replace(/("decision":\{"id":\d+,"winner":")/, "$1no");
  const changed = said({ policies: [], json: false }, wrong);
  assertEquals(changed.code, 1);
  assertMatch(changed.text, /\nrecorded: .*\nnow: {6}\d/);
  const other = said({ policies: [{ name: "fixed", workers: 3 } as never], json: false });
  assertMatch(other.text, /fixed\(workers=3\) makes 1\n {2}1: 3 to 3 workers/);
  const { isSame, looks } = JSON.parse(said({ policies: [], json: true }).text);
  assert(isSame && looks > 100);
});

Deno.test("recording: numbers that JSON does not have come back", () => {
  for (const value of [Infinity, -Infinity, NaN, -0, 0, 1.5, null]) {
    const line = { type: "look", reading: { oldestWaitMs: value } } as const;
    assertEquals(readRecordingLine(recordingLine(line)), line);
  }
});

Deno.test("recording: what is none is refused by its line", () => {
  for (const [text, because] of [["", "nothing"], ["{}", "line 1"], ["\n{", "line 2 is no JSON"]]) {
    assertThrows(() => readRecording(text!), RangeError, because);
  }
});
