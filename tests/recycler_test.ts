/** Workers that make room for their successors: when, in which order, and what a leak is. */
import { assert, assertEquals } from "@std/assert";
import { type RecycleOptions, Recycler } from "../actors/recycler.ts";
import type { WorkerLink } from "../actors/worker.ts";
import { fresh, type Leak, leaking, watchLeak } from "../policies/estimators/leak.ts";
import { fixedAt, gather, live, lives } from "./live.ts";
import { ManualClock } from "./manual_clock.ts";
import { until } from "./until.ts";
import { mulberry } from "./chance.ts";

const never: RecycleOptions = { jobs: null, ageMs: null, leaks: false };
const minuteMs = 60_000;

/** Workers by hand; what the recycler asks for is noted. */
class Stage {
  readonly clock = new ManualClock();
  readonly started: WorkerLink[] = [];
  readonly replaced: string[] = [];
  readonly recycler: Recycler;

  constructor(options: Partial<RecycleOptions>) {
    this.recycler = new Recycler({ ...never, ...options }, this.clock, {
      start: () => {
        const link = this.worker(`next${this.started.length + 1}`, false);
        this.started.push(link);
        return link;
      },
      replace: (old, next, because) =>
        this.replaced.push(`${old?.name ?? "nobody"} -> ${next.name}: ${because}`),
    });
  }

  worker(name: string, open = true): WorkerLink {
    return {
      name,
      open,
      exclusive: false,
      served: 0,
      running: 0,
      unbegun: 0,
      servedMax: Infinity,
      bornMs: this.clock.nowMs(),
      residentBytes: null,
      spell: { idleSinceMs: Infinity },
    } as unknown as WorkerLink;
  }

  /** A worker has served so many jobs. */
  serve(link: WorkerLink, served: number): void {
    link.served = served;
    this.recycler.heard(link);
  }

  ready(link: WorkerLink): void {
    link.open = true;
    this.recycler.ready(link);
  }
}

Deno.test("recycler: a successor is started ahead, and takes over when the last job is sent", () => {
  const stage = new Stage({ jobs: 100 });
  const old = stage.worker("old");
  stage.serve(old, 89);
  assertEquals(stage.started.length, 0);
  stage.serve(old, 90);
  stage.serve(old, 99);
  assertEquals([stage.started.length, old.servedMax, stage.replaced], [1, Infinity, []]);
  stage.ready(stage.started[0]!);
  assertEquals([old.servedMax, stage.replaced], [100, []], "it has one job to go");
  stage.serve(old, 100);
  assertEquals(stage.replaced, ["old -> next1: served 100 jobs"]);
});

Deno.test("recycler: while a successor starts its worker serves on, and no other one is started", () => {
  const stage = new Stage({ jobs: 10 });
  const [one, two] = [stage.worker("one"), stage.worker("two")];
  stage.serve(one, 9);
  stage.serve(two, 9);
  stage.serve(one, 12);
  assertEquals([stage.started.length, stage.replaced], [1, []]);
  stage.ready(stage.started[0]!);
  assertEquals(stage.replaced, ["one -> next1: served 10 jobs"]);
  stage.serve(two, 11);
  stage.ready(stage.started[1]!);
  assertEquals(stage.replaced[1], "two -> next2: served 10 jobs");
});

Deno.test("recycler: a successor that can't start is tried again later; its worker stays", async () => {
  const stage = new Stage({ jobs: 10 });
  const old = stage.worker("old");
  stage.serve(old, 9);
  assert(stage.recycler.gone(stage.started[0]!));
  assert(!stage.recycler.gone(old));
  stage.serve(old, 20);
  assertEquals(stage.started.length, 1);
  await stage.clock.advance(5_000);
  stage.serve(old, 21);
  assertEquals(stage.started.length, 2);
});

Deno.test("recycler: an idle worker leaves before its last jobs, one that died leaves its place", async () => {
  const stage = new Stage({ jobs: 10 });
  const old = stage.worker("old");
  stage.serve(old, 9);
  stage.ready(stage.started[0]!);
  (old.spell as { idleSinceMs: number }).idleSinceMs = 0;
  stage.recycler.look([old]);
  assertEquals(stage.replaced, []);
  await stage.clock.advance(1_000);
  stage.recycler.look([old]);
  assertEquals(stage.replaced, ["old -> next1: served 10 jobs"]);
  const other = stage.worker("other");
  stage.serve(other, 9);
  stage.ready(stage.started[1]!);
  other.open = false;
  stage.recycler.look([]);
  assertEquals(stage.replaced[1], "nobody -> next2: served 10 jobs");
});

Deno.test("recycler: the old and the leaking are replaced one by one, the steady ones stay", async () => {
  const stage = new Stage({ ageMs: 3 * minuteMs });
  const [one, two] = [stage.worker("one"), stage.worker("two")];
  await stage.clock.advance(2 * minuteMs);
  stage.recycler.look([one, two]);
  assertEquals(stage.started.length, 0);
  await stage.clock.advance(minuteMs);
  stage.recycler.look([one, two]);
  assertEquals(stage.started.length, 1, "the second waits for the first");
  stage.ready(stage.started[0]!);
  assertEquals(stage.replaced, ["one -> next1: was 3 min old"]);

  const leaky = new Stage({ leaks: true });
  const [grows, stays] = [leaky.worker("grows"), leaky.worker("stays")];
  for (let minute = 0; minute < 40; minute++) {
    Object.assign(grows, { residentBytes: 50e6 + minute * 1e6 });
    Object.assign(stays, { residentBytes: 50e6 + (minute % 3) * 1e6 });
    leaky.recycler.look([stays, grows]);
    await leaky.clock.advance(minuteMs);
  }
  leaky.ready(leaky.started[0]!);
  assertEquals(leaky.replaced, ["grows -> next1: its memory grows by 1.00 MB a minute"]);
});

/** Whether half an hour of sawtooth noise that grows by `riseBytes` a minute is taken for a leak. */
function found(seed: number, riseBytes: number, minutes = 35): boolean {
  const unit = mulberry(seed);
  let leak: Leak = fresh(0);
  let bytes = 0;
  for (let second = 0; second < 60 * minutes; second++) {
    bytes = unit() < 0.05 ? 0 : bytes + unit() * 2e6; // allocated, and collected at times
    const level = 50e6 + riseBytes * second / 60;
    leak = watchLeak(leak, level + bytes + unit() * 1e6, second * 1_000);
    if (leaking(leak) !== null) return true;
  }
  return false;
}

Deno.test("leak: of 200 steady workers none is taken for leaking in two hours, at 1 MB a minute all are found", () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed + 1);
  assertEquals(seeds.filter((seed) => found(seed, 0, 120)), []);
  assertEquals(seeds.slice(0, 50).filter((seed) => !found(seed, 1e6)), []);
});

Deno.test("leak: what is no number, or too early, changes nothing", () => {
  const leak = fresh(0);
  assertEquals(watchLeak(leak, 5, 1_000), leak);
  assertEquals(watchLeak(leak, NaN, 400_000), leak);
  assertEquals(leaking(leak), null);
});

Deno.test("recycle: workers leave after their jobs, others are there before, no job is lost", async () => {
  const config = fixedAt(1);
  const { default: pool } = config.pools as { default: object };
  await using runtime = await live({ pools: { default: { ...pool, recycle: { jobs: 10 } } } });
  await using gathered = gather(runtime);
  for (let job = 0; job < 60; job++) await runtime.run("toy", { do: "block", ms: 10 });
  const drained = () =>
    gathered.of("worker").filter(({ state, because }) =>
      state === "draining" && because === "recycled: served 10 jobs"
    );
  await until(() => drained().length >= 2);
  assert(drained().length <= 6, `${drained().length} of 60 jobs`);
  await until(() => runtime.workerPids.filter(lives).length <= 2);
  assertEquals(Object.entries(runtime.status().ended), [["done", 60]]);
});
