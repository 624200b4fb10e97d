import { assert, assertEquals } from "@std/assert";
import { Journal } from "../actors/journal.ts";
import { labelsOf } from "../actors/labels.ts";
import type { Store } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { ControlFact, Fact, GapFact, Stamped } from "../messages/facts.ts";
import type { Outcome } from "../messages/outcome.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";

const keptMost = 8_192;
const behindMost = 16_384;

const alert = (code: string): ControlFact => ({ type: "alert", level: "info", code, message: "" });

const took = { attempts: 1, waitMs: 3, durationMs: 4.5 };
const outcome = (type: Outcome["type"], part: Partial<Outcome> = {}) =>
  ({ type, ...took, ...part }) as Outcome;

type Told = Stamped<Fact> | GapFact;

function opened(store: Store = memoryStore()) {
  const clock = new ManualClock();
  const journal = new Journal(store, clock);
  /** Reads `count` facts, beginning to listen at once. */
  const take = (count: number, from?: number) => {
    const reader = journal.read(from === undefined ? {} : { from });
    const first = reader.next();
    return async (): Promise<Told[]> => {
      const told: Told[] = [];
      for (let next = await first; !next.done; next = await reader.next()) {
        if (told.push(next.value) === count) break;
      }
      await reader.return(undefined);
      return told;
    };
  };
  return { clock, journal, store, take };
}

const codes = (told: readonly Told[]) =>
  told.map((each) => "fact" in each && each.fact.type === "alert" ? each.fact.code : each);

Deno.test("journal: numbers facts one by one, stamps them, and stores those of control", async () => {
  const { clock, journal, store } = opened();
  assertEquals(journal.seq, 0);
  journal.note(alert("a"));
  await clock.advance(5);
  journal.note(alert("b"));
  const stored = await store.read({ type: "facts", from: 0, limit: 10 });
  assertEquals(stored, [
    { seq: 1, at: 1_700_000_000_000, fact: alert("a") },
    { seq: 2, at: 1_700_000_000_005, fact: alert("b") },
  ]);
});

Deno.test("journal: numbers go on above those of all earlier starts", () => {
  const { journal } = opened({ ...memoryStore(), epoch: 3 });
  journal.note(alert("a"));
  assertEquals(journal.seq, 2 * 2 ** 32 + 1);
  assert(Number.isSafeInteger((2 ** 21 - 1) * 2 ** 32));
});

Deno.test("journal: of what jobs say so much is kept, and so much waits for a slow listener", async () => {
  const { journal, take } = opened();
  const reader = journal.read();
  const first = reader.next();
  const text = "x".repeat(8_192);
  for (let i = 0; i < 2_000; i++) journal.told(jobOf(1), "stdout", text);
  assertEquals(((await first).value as GapFact).type, "gap", "16 MB do not wait for it");
  await reader.return(undefined);
  const kept = (await take(2, 0)())[0] as GapFact;
  assert(kept.type === "gap" && kept.to >= 2_000 - 513, `${kept.to}`);
});

Deno.test("journal: a listener hears what comes from then on, in order", async () => {
  const { journal, take } = opened();
  journal.note(alert("before"));
  const told = take(3);
  for (const code of ["a", "b", "c"]) journal.note(alert(code));
  assertEquals(codes(await told()), ["a", "b", "c"]);
});

Deno.test("journal: a reader resumes after any number that is kept, without a gap", async () => {
  const { journal, take } = opened();
  for (let i = 1; i <= 10; i++) journal.note(alert(`${i}`));
  assertEquals(codes(await take(4, 6)()), ["7", "8", "9", "10"]);
  assertEquals(codes(await take(2, 0)()), ["1", "2"]);
  const atEnd = take(1, 10);
  journal.note(alert("11"));
  assertEquals(codes(await atEnd()), ["11"]);
});

Deno.test("journal: keeps a bounded number and says which are missing", async () => {
  const { journal, take } = opened();
  const all = 3 * keptMost;
  for (let i = 1; i <= all; i++) journal.note(alert(`${i}`));
  const told = await take(2, 5)();
  const gap = told[0] as GapFact;
  assertEquals([gap.type, gap.from], ["gap", 6]);
  assertEquals((told[1] as Stamped).seq, gap.to + 1);
  assert(all - gap.to >= 4_096 && all - gap.to <= keptMost);
});

Deno.test("journal: who resumes learns of facts about jobs that nobody heard", async () => {
  const { journal, take } = opened();
  journal.note(alert("1"));
  journal.told(jobOf(1), "log", "nobody hears");
  journal.note(alert("3"));
  const [gap, next] = await take(2, 0)();
  assertEquals(gap, { type: "gap", from: 1, to: 2 });
  assertEquals([(next as Stamped).seq, codes([next!])], [3, ["3"]]);
});

Deno.test("journal: a reader that does not read is given a gap, not memory without end", async () => {
  const { journal } = opened();
  const reader = journal.read();
  const first = reader.next();
  journal.note(alert("first"));
  await first;
  for (let i = 0; i < 2 * behindMost + 10; i++) journal.note(alert("more"));
  const seen: Told[] = [];
  while (seen.length < 9) seen.push((await reader.next()).value!);
  const [gap, ...rest] = seen;
  assertEquals(gap, { type: "gap", from: 2, to: 1 + 2 * (behindMost + 1) });
  assertEquals(rest.map((each) => (each as Stamped).seq), rest.map((_, i) => i + 32_772));
  await reader.return(undefined);
});

Deno.test("journal: facts of jobs are made for listeners alone, a turn's endings as one", async () => {
  const { journal, store, take } = opened();
  const jobs = [jobOf(1), jobOf(36), jobOf(1_000)];
  journal.moved("accepted", jobs);
  journal.ended(jobs[0]!, outcome("done"));
  journal.told(jobOf(1), "log", "x");
  assertEquals(journal.seq, 3, "they have their numbers all the same");
  const told = take(4);
  journal.moved("accepted", jobs);
  journal.moved("began", []);
  journal.moved("began", jobs.slice(0, 1));
  journal.told(jobOf(1), "progress", 0.5);
  journal.ended(jobs[0]!, outcome("done"));
  journal.ended(jobs[1]!, outcome("failed"));
  const facts = (await told()).map((each) => (each as Stamped<Fact>).fact);
  assertEquals(facts, [
    { type: "jobs", move: "accepted", ids: ["j1", "j10", "jrs"], operations: ["t", "t", "t"] },
    { type: "jobs", move: "began", ids: ["j1"], operations: ["t"] },
    { type: "told", id: "j1", operation: "t", kind: "progress", value: 0.5 },
    {
      type: "jobs",
      move: "ended",
      ids: ["j1", "j10"],
      operations: ["t", "t"],
      endings: ["done", "failed"],
      attempts: [1, 1],
      waitMs: [3, 3],
      durationMs: [4.5, 4.5],
      reasons: [null, { category: null, code: null, message: null }],
    },
  ]);
  assertEquals(await store.read({ type: "facts", from: 0, limit: 10 }), []);
});

Deno.test("journal: a signal ends a reader that waits, and nothing is kept for it", async () => {
  const { journal } = opened();
  const stop = new AbortController();
  const reading = Array.fromAsync(journal.read({ signal: stop.signal }));
  journal.note(alert("a"));
  await Promise.resolve();
  stop.abort();
  assert((await reading).length <= 1);
  journal.moved("accepted", [jobOf(1)]);
  assertEquals(journal.seq, 2, "nobody listens any more");
  assertEquals(await Array.fromAsync(journal.read({ from: 0, signal: stop.signal })), []);
});

Deno.test("journal: who wants no facts about jobs gets none, and none are made for it", async () => {
  const { journal, take } = opened();
  const reader = journal.read({ jobs: false });
  const first = reader.next();
  journal.moved("accepted", [jobOf(1)]);
  journal.ended(jobOf(1), outcome("done"));
  journal.note(alert("a"));
  assertEquals(codes([(await first).value as Told]), ["a"]);
  assertEquals(await take(2, 0)(), [{ type: "gap", from: 1, to: 2 }, {
    seq: 3,
    at: 1_700_000_000_000,
    fact: alert("a"),
  }]);
  journal.moved("accepted", [jobOf(2)]);
  journal.note(alert("b"));
  assertEquals(codes([(await reader.next()).value as Told]), ["b"]);
  await reader.return(undefined);
});

Deno.test("journal: facts about jobs go on for a minute for a listener who comes back", async () => {
  const { clock, journal, take } = opened();
  const told = take(1);
  journal.moved("accepted", [jobOf(1)]);
  await told();
  await clock.advance(59_000);
  journal.moved("accepted", [jobOf(2)]);
  const [back] = await take(1, 1)();
  assert(back && "fact" in back && back.fact.type === "jobs");
  assertEquals([back.seq, back.fact.ids], [2, ["j2"]]);
  await clock.advance(60_000);
  journal.moved("accepted", [jobOf(3)]);
  assertEquals((await take(1, 2)())[0], { type: "gap", from: 3, to: 3 });
});

Deno.test("journal: the ids in facts about jobs count to what is kept", async () => {
  const { journal, take } = opened();
  const told = take(1);
  const jobs = Array.from({ length: 1_000 }, (_, i) => jobOf(i + 1));
  for (let i = 0; i < 1_000; i++) journal.moved("accepted", jobs);
  await told();
  const gap = (await take(1, 0)())[0] as GapFact;
  assert(gap.type === "gap" && gap.to >= 1_000 - 263, `${gap.to}`);
});

Deno.test("journal: labels are those of the job, with the caller's trace in place of one", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const all = { projectId: "p", executionId: "e", taskId: "t", correlationId: "c" };
  assertEquals(labelsOf({ ...all, traceparent }), all);
  assertEquals(labelsOf({ traceparent }), { correlationId: "0af7651916cd43dd8448eb211c80319c" });
  assertEquals(labelsOf({ task: "t" }), null);
});

Deno.test("journal: who wants control facts alone is told of no gap among others", async () => {
  const { journal } = opened();
  journal.note(alert("1"));
  journal.moved("accepted", [jobOf(1)]);
  journal.note(alert("3"));
  const reader = journal.read({ from: 0, types: ["alert"] });
  const told = [(await reader.next()).value as Told, (await reader.next()).value as Told];
  assertEquals(codes(told), ["1", "3"]);
  await reader.return(undefined);
});

Deno.test("journal: a number of another stream resumes from all that is kept", async () => {
  const { journal, take } = opened();
  for (const code of ["1", "2"]) journal.note(alert(code));
  assertEquals(codes(await take(2, 900)()), ["1", "2"]);
});

Deno.test("journal: batches are what has come meanwhile, in order and at most 256 at once", async () => {
  const { journal } = opened();
  const stop = new AbortController();
  const batches = journal.batches({ signal: stop.signal });
  const first = batches.next();
  journal.note(alert("1"));
  assertEquals((await first).value?.length, 1);
  for (let i = 2; i <= 600; i++) journal.note(alert(`${i}`));
  const sizes: number[] = [];
  const seqs: number[] = [];
  while (seqs.length < 599) {
    const { value } = await batches.next();
    sizes.push(value!.length);
    for (const item of value!) seqs.push((item as Stamped<Fact>).seq);
  }
  assertEquals(sizes, [256, 256, 87]);
  assertEquals(seqs, seqs.toSorted((a, b) => a - b));
  stop.abort();
  assertEquals((await batches.next()).done, true);
});
