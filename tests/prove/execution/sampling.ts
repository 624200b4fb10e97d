/**
 * What looking at processes costs.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { fixedAt, live, lives, processesWith } from "../../live.ts";
import { until } from "../../until.ts";
import { once } from "../main_job/once.ts";
import { atMost, type Row } from "../row.ts";

/** Workers that are looked at, each with one command of two processes. */
const workers = 100;

/** Share of a core that this process takes while it waits for `ms`. */
async function share(ms: number): Promise<number> {
  const used = () => {
    const { user, system } = cpuUsage();
    return (user + system) / 1_000;
  };
  const [fromMs, from] = [performance.now(), used()];
  await new Promise((resolve) => setTimeout(resolve, ms));
  return (used() - from) / (performance.now() - fromMs);
}

/** What the same runtime takes, idle and with commands that are young, and older than 5 s. */
async function sample(ms: number) {
  const { default: pool } = fixedAt(workers).pools as { default: object };
  await using runtime = await live({
    pools: { default: { ...pool, slots: { commands: 1 } } },
  });
  const mark = crypto.randomUUID();
  const stop = new AbortController();
  const { signal } = stop;
  const env = { SAMPLED: mark };
  const begin = () =>
    Array.from(
      { length: workers },
      () => runtime.command(["sh", "-c", "sleep 600; exit"], { env, signal }),
    );
  const first = begin();
  await until(() => processesWith(mark).length >= 2 * workers);
  const young = await share(4_000);
  const old = await share(ms);
  stop.abort("enough");
  await Promise.all(first);
  await until(() => runtime.status().size === workers && runtime.workerPids.every(lives));
  const idle = await share(ms);
  return { idle, young, old };
}

/** Rows of this part. */
export function samplingRows(quick: boolean): readonly Row[] {
  const sampled = once(() => sample(quick ? 3_000 : 10_000));
  const percent = (ratio: number) => Number((100 * ratio).toFixed(2));
  const about = `trees of ${workers} workers with a command each are looked at`;
  return (["young", "old"] as const).map((age) => ({
    line: `${about}, ${age === "young" ? "at first" : "after 5 s"}: beyond what idle ones cost`,
    run: async () => {
      const all = await sampled();
      const detail = `${percent(all[age])} % in all, ${percent(all.idle)} % idle`;
      return atMost(percent(all[age] - all.idle), 2, "% of a core", detail);
    },
  }));
}
