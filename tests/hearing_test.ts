/** What one reader of facts hears of all that happens. */
import { assert, assertEquals } from "@std/assert";
import { Journal } from "../actors/journal.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { ControlFact, Fact, FactsOptions, GapFact, Stamped } from "../messages/facts.ts";
import type { Outcome } from "../messages/outcome.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";
import { settled, until } from "./until.ts";

const alert = (code: string): ControlFact => ({ type: "alert", level: "info", code, message: "" });

const took = { attempts: 1, waitMs: 3, durationMs: 4.5 };
const outcome = (type: Outcome["type"], part: Partial<Outcome> = {}) =>
  ({ type, ...took, ...part }) as Outcome;

type Told = Stamped<Fact> | GapFact;

/** What of a stream a reader with `options` heard of these. */
async function heardOf(options: FactsOptions, tell: (journal: Journal) => void): Promise<Told[]> {
  const journal = new Journal(memoryStore(), new ManualClock());
  const stop = new AbortController();
  const heard: Told[] = [];
  const reading = (async () => {
    for await (const each of journal.read({ ...options, signal: stop.signal })) heard.push(each);
  })();
  tell(journal);
  await until(() => journal.seq > 0);
  await settled();
  stop.abort();
  await reading;
  return heard;
}

const factsOf = (told: readonly Told[]) => told.flatMap((each) => "fact" in each ? each.fact : []);

Deno.test("hearing: a reader hears the types and the job that it wants", async () => {
  const jobs = [jobOf(1), jobOf(2, { projectId: "p" }), jobOf(3)];
  const tell = (journal: Journal) => {
    journal.moved("accepted", jobs);
    journal.note(alert("a"));
    journal.told(jobs[0]!, "log", "of 1");
    journal.told(jobs[1]!, "log", "of 2");
    journal.ended(jobs[0]!, outcome("done"));
    const why = { category: "exit", code: "exit_nonzero", message: "m".repeat(999) } as const;
    journal.ended(jobs[1]!, outcome("failed", { ...why, attempts: 2, waitMs: 7 }));
  };
  assertEquals(factsOf(await heardOf({ types: ["alert"] }, tell)), [alert("a")]);
  const labels = { projectId: "p" };
  assertEquals(factsOf(await heardOf({ job: "j2" }, tell)), [
    { type: "jobs", move: "accepted", ids: ["j2"], operations: ["t"], labels: [labels] },
    { type: "told", id: "j2", operation: "t", kind: "log", value: "of 2", labels },
    {
      type: "jobs",
      move: "ended",
      ids: ["j2"],
      operations: ["t"],
      labels: [labels],
      endings: ["failed"],
      attempts: [2],
      waitMs: [7],
      durationMs: [4.5],
      reasons: [{ category: "exit", code: "exit_nonzero", message: "m".repeat(500) }],
    },
  ]);
  assertEquals(factsOf(await heardOf({ job: "j1", types: ["told"] }, tell)), [
    { type: "told", id: "j1", operation: "t", kind: "log", value: "of 1" },
  ]);
});

Deno.test("hearing: for who wants failures alone no other facts about jobs are made", async () => {
  const heard = await heardOf({ jobs: "failed", types: ["jobs"] }, (journal) => {
    journal.moved("accepted", [jobOf(1)]);
    journal.ended(jobOf(1), outcome("done"));
    journal.ended(jobOf(2), outcome("timedOut", { code: "timeout" }));
  });
  assertEquals(heard.map((each) => "seq" in each && each.seq), [3]);
  const [fact] = factsOf(heard);
  assert(fact?.type === "jobs");
  assertEquals([fact.ids, fact.endings], [["j2"], ["timedOut"]]);
});
