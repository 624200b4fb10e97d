/**
 * The numbers of the README, written from the stored proofs.
 *
 * @module
 */

/** What is shown: the area, how its line begins, and what it means for who uses it. */
const shown: readonly (readonly [area: string, line: string, meaning: string])[] = [
  ["main-job", "Burst of 200 jobs: first extra worker", "a burst comes, and the pool has grown"],
  [
    "main-job",
    "kill -9 of a worker: the pool is back",
    "a worker is killed, and its place is taken",
  ],
  [
    "main-job",
    "kill -9 of serve amid 500 accepted jobs, then restart: accepted jobs lost",
    "accepted jobs that are lost when the service is killed",
  ],
  [
    "queue",
    "durable submit, run, done, each for itself",
    "durable jobs a second, as many times as BullMQ with each write on disk",
  ],
  [
    "main-job",
    "No-op, 64 in flight, to piscina",
    "tasks a second, as many times as piscina's threads",
  ],
  [
    "main-job",
    "Slow scan, adaptive to four workers",
    "a scan that waits for its disk, as many times as fast as four fixed workers",
  ],
  [
    "queue",
    "a start with 1000000 waiting jobs",
    "a start with a million jobs that wait, until the first is done",
  ],
  ["queue", "bytes of memory of a waiting job among 1000000", "memory of each of them"],
  ["main-job", "Resident memory of the service", "memory of the service at rest"],
  ["main-job", "Idle service and its workers", "its CPU at rest, workers included"],
  [
    "measuring",
    "cases of what is wrong with a service",
    "staged troubles whose cause `diagnose` names first",
  ],
  ["seeing", "the dashboard: from the address to the first row", "the dashboard is there"],
];

interface Proof {
  readonly line: string;
  readonly value: number;
  readonly unit: string;
}

const round = (value: number) => Number(value.toPrecision(3));

/** A value in words of people. */
function words({ value, unit }: Proof): string {
  if (unit === "of all") return `${round(100 * value)} %`;
  if (unit === "of a core") return `${round(100 * value)} % of a core`;
  return unit === "x" ? `${round(value)} times` : `${round(value)} ${unit}`;
}

/** The table of the README. */
export async function numbersTable(): Promise<string> {
  const rows = await Promise.all(shown.map(async ([area, begin, meaning]) => {
    const url = new URL(`../docs/proofs/${area}.json`, import.meta.url);
    const { rows } = JSON.parse(await Deno.readTextFile(url)) as {
      readonly rows: readonly Proof[];
    };
    const proof = rows.find(({ line }) => line.startsWith(begin));
    if (proof === undefined) throw new Error(`docs/proofs/${area}.json has no line ${begin}`);
    return `| ${meaning} | ${words(proof)} |`;
  }));
  return ["| what | measured |", "| --- | --- |", ...rows].join("\n");
}
