/**
 * Tasks that fill the heap of their worker, beside others.
 *
 * @module
 */
import type { Outcome } from "../../../messages/outcome.ts";
import { ending, fixedAt, live, lives } from "../../live.ts";
import { until } from "../../until.ts";
import { once } from "../main_job/once.ts";
import { exactly, type Row } from "../row.ts";

const workerBytes = 256 * 2 ** 20;

/** One after another, each beside four tasks and a command; returns their ends and who was hurt. */
async function fill(times: number): Promise<{ readonly ends: Outcome[]; readonly hurt: number }> {
  const { default: pool } = fixedAt(2).pools as { default: object };
  await using runtime = await live({ pools: { default: { ...pool, workerBytes } } });
  await until(() => runtime.status().size === 2 && runtime.workerPids.every(lives));
  await Promise.all([1, 2, 3, 4].map(() => runtime.run("toy", { do: "nap", ms: 5 })));
  const ends: Outcome[] = [];
  let hurt = 0;
  for (let i = 0; i < times; i++) {
    const naps = [1, 2, 3, 4].map((value) => runtime.run("toy", { do: "nap", ms: 500, value }));
    const command = runtime.command(["sh", "-c", "sleep 0.5; echo whole"]);
    ends.push(await ending(runtime, { do: "hog" }));
    const values = await Promise.all(naps.map((nap) => nap.catch(() => null)));
    hurt += values.filter((value, at) => value !== at + 1).length;
    if ((await command).stdout !== "whole\n") hurt++;
  }
  return { ends, hurt };
}

/** Rows of this part. */
export function heapRows(quick: boolean): readonly Row[] {
  const times = quick ? 1 : 10;
  const all = once(() => fill(times));
  return [
    {
      line: "a task fills the heap of its worker: ended as something else than oom, oom_heap",
      run: async () => {
        const { ends } = await all();
        const wrong = ends.filter(({ category, code }) =>
          category !== "oom" || code !== "oom_heap"
        );
        const others = [...new Set(wrong.map(({ code }) => code))].join(", ");
        return exactly(wrong.length, 0, "tasks", `of ${times}${others && `: ${others}`}`);
      },
    },
    {
      line: "a task fills the heap of its worker: neighbours that were hurt",
      run: async () => exactly((await all()).hurt, 0, "jobs", `${times * 5} ran beside`),
    },
  ];
}
