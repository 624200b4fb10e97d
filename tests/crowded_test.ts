/** Too many workers for the cores: a pool whose jobs compute gives them back, and every job is done. */
import { assert, assertEquals } from "@std/assert";
import type { WorkerEvents } from "../actors/ports.ts";
import { bind } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import { SimulatedClock } from "../simulation/clock.ts";
import { SimulatedMachine } from "../simulation/machine.ts";
import { Plant } from "../simulation/plant.ts";
import { SeededRandom } from "../simulation/random.ts";
import { SimulatedProcess } from "../simulation/worker_process.ts";

/** How long a job takes that has a core when it wants one, ms. */
const jobMs = 100;

/** Workers of one job each on two cores, under the governor. */
class Crowd {
  readonly clock = new SimulatedClock();
  readonly plant: Plant;
  submitted = 0;
  done = 0;
  /** Share of its time for which a job wants a core. */
  cpuRatio = 1;

  constructor() {
    const { clock } = this;
    const machine = new SimulatedMachine(clock, { cores: 2 });
    const [ratio, startMs, begins] = [() => this.cpuRatio, () => 20, () => jobMs];
    const stage = {
      ...{ clock, machine, startMs, begins, gone() {} },
      get cpuRatio() {
        return ratio();
      },
    };
    let pids = 1;
    const processes = {
      spawn: (_place: unknown, events: WorkerEvents) => new SimulatedProcess(++pids, stage, events),
      sweep: () => 0,
      close() {},
    };
    this.plant = new Plant({ clock, random: new SeededRandom(1), machine, processes }, {
      policies: [paced(bind("governor"))],
      ...{ min: 1, max: 100, slots: 1, spares: 0, mustGain: true, startMaxMs: 10_000 },
      ordering: { name: "classic" },
      note() {},
    });
    this.plant.start();
  }

  /** Workers that take jobs. */
  get workers(): number {
    return this.plant.estate.pool.links.filter(({ open }) => open).length;
  }

  submit(jobs: number): void {
    for (let i = 0; i < jobs; i++) {
      this.plant.submit(this.submitted++, 1, 0, () => void this.done++);
    }
  }

  /** Lets time pass; returns how many jobs were done a second. */
  async pass(seconds: number): Promise<number> {
    const before = this.done;
    await this.clock.run(this.clock.nowMs() + 1_000 * seconds);
    assertEquals(this.plant.failure, null);
    return (this.done - before) / seconds;
  }
}

for (const many of [16, 24]) {
  Deno.test(`crowded: ${many} workers that compute on 2 cores become 2, and more gets done`, async () => {
    const crowd = new Crowd();
    crowd.submit(500);
    crowd.plant.estate.control({ type: "pin", workers: many });
    await crowd.pass(2);
    assertEquals(crowd.workers, many);
    const crowdedPerS = await crowd.pass(5);
    crowd.plant.estate.control({ type: "resume" });
    await crowd.pass(5);
    assertEquals(crowd.workers, 2);
    const perS = await crowd.pass(10);
    assertEquals([perS, crowd.workers], [20, 2], "as many as two cores do");
    assert(crowdedPerS < .9 * perS, `${crowdedPerS} jobs a second before`);
    await crowd.pass(20);
    assertEquals(crowd.done, crowd.submitted);
  });
}

Deno.test("crowded: workers that are left of jobs that wait go within 10 s of jobs that compute", async () => {
  const crowd = new Crowd();
  crowd.cpuRatio = 0;
  for (let i = 0; i < 100; i++) {
    crowd.submit(16);
    await crowd.pass(.1);
  }
  assertEquals(crowd.workers, 16);
  crowd.cpuRatio = 1;
  crowd.submit(500);
  await crowd.pass(10);
  assertEquals(crowd.workers, 2);
  assertEquals([await crowd.pass(10), crowd.workers], [20, 2]);
  await crowd.pass(20);
  assertEquals(crowd.done, crowd.submitted);
});
