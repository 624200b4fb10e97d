/**
 * What jobs cost that wait: memory, the way in and out, and a start with many of them.
 *
 * @module
 */
import { atMost, type Row } from "../row.ts";
import type { Hoarded, Restarted } from "./hoard.ts";

const script = new URL("./hoard.ts", import.meta.url).pathname;

/** Takes a measure in a process of its own. */
async function hoard<T>(
  what: "memory" | "scheduled" | "restart",
  count: number,
): Promise<T> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", script, what, String(count)],
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as T;
}

/** How much a cost grows with the number of jobs: the slope of a line through both logarithms. */
function slope(points: readonly (readonly [jobs: number, cost: number])[]): number {
  const logs = points.map(([jobs, cost]) => [Math.log(jobs), Math.log(cost)] as const);
  const mean = (at: 0 | 1) => logs.reduce((sum, log) => sum + log[at], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const over = logs.reduce((sum, log) => sum + (log[0] - x) * (log[1] - y), 0);
  return over / logs.reduce((sum, log) => sum + (log[0] - x) ** 2, 0);
}

/** The rows; `many` jobs wait at most. */
export function waitingRows(many: number): readonly Row[] {
  const counts = [1e3, 1e4, 1e5, 1e6].filter((count) => count <= many);
  const known = new Map<number, Promise<Hoarded>>();
  const at = (count: number) => {
    const told = known.get(count) ?? hoard<Hoarded>("memory", count);
    known.set(count, told);
    return told;
  };
  const grows = async (cost: "enqueueUs" | "claimUs") => {
    const points: [number, number][] = [];
    for (const count of counts) points.push([count, (await at(count))[cost]]);
    const said = points.map(([count, us]) => `${count}: ${us.toFixed(2)} us`).join(", ");
    return atMost(slope(points), 0.1, "log/log", said);
  };
  return [
    ...counts.filter((count) => count >= many / 10).map((count): Row => ({
      line: `bytes of memory of a waiting job among ${count}, without its payload`,
      run: async () => atMost(Math.round((await at(count)).bytes), 400, "bytes"),
    })),
    {
      line: `bytes of memory of a job for later among ${many / 10}, without its payload`,
      run: async () => {
        const { bytes } = await hoard<Hoarded>("scheduled", many / 10);
        return atMost(Math.round(bytes), 400, "bytes");
      },
    },
    {
      line: `growth of the cost of taking a job in, from ${counts[0]} to ${many} that wait`,
      run: () => grows("enqueueUs"),
    },
    {
      line: `growth of the cost of giving a job out, from ${counts[0]} to ${many} that wait`,
      run: () => grows("claimUs"),
    },
    {
      line: `a start with ${many} waiting jobs, until the first is done`,
      run: async () => {
        const { ms, waiting } = await hoard<Restarted>("restart", many);
        if (waiting < 0.9 * many) throw new Error(`only ${waiting} jobs wait after it`);
        return atMost(Math.round(ms), 5_000, "ms");
      },
    },
  ];
}
