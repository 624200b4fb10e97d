/**
 * Commands of unknown sizes under a budget of memory: nobody is ended, and little time is lost.
 *
 * @module
 */
import { live, processesWith } from "../../live.ts";
import { type Hog, mixed, pack } from "../../memory_stage.ts";
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";

/** Holds $1 bytes, all touched, for half a second from when it has them. */
const script = "dd if=/dev/zero bs=$1 count=1 status=none | { head -c 1 >/dev/null; sleep 0.5; }";

/** Jobs of an operation that may be ended while it is learned. */
const learning = 5;

/** How all went. */
interface Seen {
  readonly makespanMs: number;
  /** Of the packing that knows what each took and for how long. */
  readonly knownMs: number;
  /** Attempts that did not end well, of jobs whose operation had ended five times. */
  readonly kills: number;
  /** Most memory they were seen to have together. */
  readonly mostBytes: number;
}

async function run(hogs: readonly Hog[], budgetBytes: number): Promise<Seen> {
  const mark = `hogs-${crypto.randomUUID()}`;
  await using runtime = await live({
    pools: {
      default: {
        memoryBytes: budgetBytes,
        workers: { min: 4, max: 4 },
        policy: { name: "fixed", workers: 4 },
      },
    },
  });
  let mostBytes = 0;
  const watch = setInterval(() => mostBytes = Math.max(mostBytes, residentBytes(mark)), 100);
  const startMs = performance.now();
  const ended = new Map<string, number>();
  let kills = 0;
  try {
    const jobs = await runtime.submitAll(hogs.map(({ operation, bytes }) => ({
      command: ["sh", "-c", script, "hog", String(bytes)],
      env: { HOGS: mark },
      operation,
    })));
    const took = await Promise.all(jobs.map(async ({ id }, i): Promise<Hog> => {
      const hog = hogs[i]!;
      const { outcome } = (await runtime.wait(id, 600_000))!;
      if (!outcome) throw new Error(`${hog.operation} has not ended within 10 min`);
      const before = ended.get(hog.operation) ?? 0;
      ended.set(hog.operation, before + 1);
      const bad = outcome.attempts - (outcome.type === "done" ? 1 : 0);
      if (before >= learning) kills += bad;
      const { durationMs, resources: { peakBytes } } = outcome;
      return { ...hog, bytes: Math.max(hog.bytes, peakBytes ?? 0), holdMs: durationMs };
    }));
    const makespanMs = performance.now() - startMs;
    const known = pack(took, budgetBytes, true);
    return { makespanMs, knownMs: known.makespanMs, kills, mostBytes };
  } finally {
    clearInterval(watch);
  }
}

function residentBytes(mark: string): number {
  return processesWith(mark).reduce((sum, pid) => {
    try {
      const pages = Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1];
      return sum + Number(pages) * 4_096;
    } catch {
      return sum; // it has just ended
    }
  }, 0);
}

/** Rows over 400 commands; quick ones with a quarter of the sizes. */
export function footprintRows(quick: boolean): readonly Row[] {
  const scale = quick ? 1 / 4 : 1;
  const budgetBytes = scale * 2 * 2 ** 30;
  const seen = once(() => run(mixed(7, scale), budgetBytes));
  const what = `400 commands of 8 operations (50 to 900 MB${quick ? ", a quarter of that" : ""})`;
  const budget = `${budgetBytes / 2 ** 20} MiB`;
  return [
    {
      line: `${what} under ${budget}: ended for memory after the first 5 of each operation`,
      run: async () => exactly((await seen()).kills, 0, "jobs"),
    },
    {
      line: `${what} under ${budget}: most memory they had together, looked at every 100 ms`,
      run: async () => atMost((await seen()).mostBytes / 2 ** 20, budgetBytes / 2 ** 20, "MiB"),
    },
    {
      line: `${what} under ${budget}: time against the packing that knows what each takes`,
      run: async () => {
        const { makespanMs, knownMs } = await seen();
        const took = `${(makespanMs / 1_000).toFixed(1)} s, known ${
          (knownMs / 1_000).toFixed(1)
        } s`;
        return atMost(makespanMs / knownMs, 1.2, "x", took);
      },
    },
  ];
}
