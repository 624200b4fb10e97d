/**
 * The live feed of a service in a process of its own, under many readers.
 *
 * @module
 */
import { inFolder } from "../../command_line.ts";
import { type FeedReader, readEvents, readLive, silentlyLost } from "../../feed.ts";
import { serve, type Service } from "../../serving.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Measured, type Row } from "../row.ts";
import { p95 } from "../sample.ts";

/** Readers, half of them over each door. */
const readersFull = 50;
/** How long facts are made, ms. */
const lastsMs = 20_000;
/** Jobs submitted so often, ms: each lasts a second and reports ten times. */
const jobsEveryMs = 90;
const jobs = Array.from({ length: 2 }, () => ({ task: "sleep", input: { ms: 1_000 } }));
/** Fewer prove nothing. */
const factsPerSLeast = 200;

/** All rows about the live feed. */
export const feedRows = (quick: boolean): readonly Row[] => {
  const readers = quick ? 4 : readersFull;
  let run: Promise<Seen> | null = null;
  const seen = () => run ??= watch(readers, quick ? 2_000 : lastsMs);
  return [
    {
      line: `${readers} readers of 200 facts a second: p95 from fact to reader <= 500 ms`,
      run: async (): Promise<Measured> => {
        const { delaysMs, factsPerS } = await seen();
        const worst = Math.max(...delaysMs.map((delays) => Math.max(...delays)));
        if (!quick && factsPerS < factsPerSLeast) {
          throw new Error(`only ${factsPerS} facts a second`);
        }
        const told = `${Math.round(factsPerS)} facts/s to each; worst ${worst} ms`;
        return atMost(p95(delaysMs.flat()), 500, "ms", told);
      },
    },
    {
      line: `${readers} readers of 200 facts a second: none loses a fact without being told`,
      run: async (): Promise<Measured> => {
        const { lost, gaps } = await seen();
        return exactly(lost, 0, "facts", `${gaps} gaps told`);
      },
    },
  ];
};

interface Seen {
  readonly delaysMs: readonly number[][];
  readonly factsPerS: number;
  readonly lost: number;
  readonly gaps: number;
}

async function watch(count: number, forMs: number): Promise<Seen> {
  let seen: Seen | null = null;
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    const readers: FeedReader[] = [];
    for (let i = 0; i < count; i++) {
      readers.push(await (i % 2 === 0 ? readEvents : readLive)(service.url));
    }
    const from = Date.now();
    await make(service, forMs);
    const factsPerS = readers[0]!.items.length / ((Date.now() - from) / 1_000);
    await Promise.all(readers.map((reader) => reader.close()));
    seen = { ...sum(readers), factsPerS };
  });
  return seen!;
}

/** Submits jobs that report, and waits until all have ended. */
async function make(service: Service, forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  for (let dueMs = performance.now(); dueMs < end; dueMs += jobsEveryMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    await service.submit({ jobs });
  }
  await until(() => service.idle());
}

/** From the first fact that all readers had to the last one. */
function sum(readers: readonly FeedReader[]): Omit<Seen, "factsPerS"> {
  const numbers = readers.map(({ items }) =>
    items.flatMap((item) => "fact" in item ? item.seq : [])
  );
  const from = Math.max(...numbers.map((seqs) => seqs[0]!));
  const to = Math.min(...numbers.map((seqs) => seqs.at(-1)!));
  if (!(to > from)) throw new Error("the readers heard nothing in common");
  return {
    delaysMs: readers.map(({ delaysMs }) => delaysMs),
    lost: readers.reduce((lost, { items }) => lost + silentlyLost(items, from, to).length, 0),
    gaps: readers.reduce(
      (gaps, { items }) => gaps + items.filter((item) => "to" in item).length,
      0,
    ),
  };
}
