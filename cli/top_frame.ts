/**
 * One frame of `flyball top`, as a function of what was seen and of the size of the terminal.
 *
 * @module
 */
import { operatorWords } from "../actors/operator.ts";
import type { PoolStatus } from "../messages/status.ts";
import { bytesText, percentText, timeText } from "./amounts.ts";
import { pad } from "./columns.ts";
import { oneLine } from "./complain.ts";
import { whatOf } from "./job_text.ts";
import { type Paint, paintLine, type Piece, type Style, styleOf, unpainted } from "./paint.ts";
import { sparkline } from "./sparkline.ts";
import { type Column, type Row, table } from "./table.ts";
import { startOf, type TopSight } from "./top_sight.ts";

/** What a frame shows. */
export interface TopView {
  readonly sight: TopSight;
  /** Of the looks until now, oldest first. */
  readonly pending: readonly number[];
  readonly workers: readonly number[];
  /** Which pool is shown, and paused. */
  readonly pool: string;
  /** What the last line says; null: the keys. */
  readonly notice: string | null;
}

/** How large a frame is. */
export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

type Line = readonly Piece[];

/** At most `rows` lines of at most `columns` each. */
export function topFrame(view: TopView, size: FrameSize, paint: Paint = unpainted): string[] {
  const { columns, rows } = size;
  const head = headLines(view, columns).map((line) => paintLine(line, columns, paint));
  const foot = paintLine(footLine(view), columns, paint);
  const room = rows - head.length - 1;
  const body = room < 3 ? [] : bodyLines(view, { columns, rows: room }, paint);
  const above = [...head, ...body].slice(0, Math.max(0, rows - 1));
  const space = Number.isFinite(rows) ? Math.max(0, rows - 1 - above.length) : 0;
  return [...above, ...Array<string>(space).fill(""), ...(rows < 1 ? [] : [foot])];
}

function headLines({ sight, pending, workers, pool: name }: TopView, columns: number): Line[] {
  const { at, status, decision } = sight;
  const { host } = status;
  const clock = new Date(at).toISOString().slice(11, 19);
  const pool = status.pools.find((pool) => pool.name === name);
  const verdict = oneLine(status.verdict);
  const endings = Object.entries(status.ended).map(([ending, count]) => `${count} ${ending}`);
  const spark = Math.max(0, Math.min(60, Math.floor((columns - 26) / 2)));
  return [
    [
      [`flyball ${status.version}`, "bold"],
      " · ",
      [verdict, verdict === "keeps up" ? "green" : "yellow"],
      ` · ${clock} UTC`,
    ],
    [
      `pending ${status.pending}`,
      ...(status.pending > 0
        ? [[` (oldest ${timeText(status.oldestWaitMs)})`, "yellow"] as const]
        : []),
      ` · running ${status.running} on ${counted(status.size, "worker")}`,
      status.scheduled > 0 ? ` · ${status.scheduled} scheduled` : "",
    ],
    [
      `ended ${endings.join(", ") || "none"} · `,
      [`${status.failedLastMinute} failed last minute`, status.failedLastMinute ? "red" : "dim"],
    ],
    [
      `wait p50 ${timeText(status.waitMs.p50)}, p95 ${timeText(status.waitMs.p95)} · ` +
      `run p50 ${timeText(status.runMs.p50)}, p95 ${timeText(status.runMs.p95)}`,
    ],
    meter("cpu", host.cpuRatio, ` of ${host.cores} cores`, host.pressure.cpu?.some10Ratio ?? null),
    meter("memory", host.memoryRatio, "", host.pressure.memory?.some10Ratio ?? null),
    [
      "pending ",
      [pad(sparkline(pending, spark), spark), "cyan"],
      "  workers ",
      [sparkline(workers, spark), "cyan"],
    ],
    ...(pool === undefined ? [[`there is no pool ${oneLine(name)}`]] : [poolLine(pool)]),
    ...(pool?.lastResize
      ? [
        [
          `  ${pool.lastResize.from} -> ${pool.lastResize.to}: ${oneLine(pool.lastResize.because)}`,
          [` · ${timeText(Math.max(0, at - Date.parse(pool.lastResize.at)))} ago`, "dim"],
        ] satisfies Line,
      ]
      : []),
    ...(decision === null
      ? []
      : [[`  decision ${decision.id}: ${decision.winner}: ${oneLine(decision.because)}`]]),
  ];
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

function poolLine({ name, policy, workers, envelope, operator }: PoolStatus): Line {
  const { ready, starting, draining } = workers;
  return [
    [`pool ${name}`, "bold"],
    `: ${policy} · ${ready} ready, ${starting} starting, ${draining} draining · ` +
    `allowed ${envelope.floor} to ${envelope.cap}`,
    ...(operator.state === "auto"
      ? []
      : [" · ", [operatorWords(operator), "yellow"]] satisfies Line),
  ];
}

/** Characters of a full bar. */
const barChars = 20;

function meter(name: string, ratio: number | null, of: string, pressure: number | null): Line {
  const full = Math.round(barChars * Math.min(1, Math.max(0, ratio ?? 0)));
  const style: Style | undefined = ratio === null || ratio < .8
    ? undefined
    : ratio < .95
    ? "yellow"
    : "red";
  return [
    `${pad(name, 7)}[`,
    ["|".repeat(full), style ?? "green"],
    [".".repeat(barChars - full), "dim"],
    "] ",
    [pad(percentText(ratio), 7, "right"), style],
    of,
    [pressure === null ? "" : ` · pressure ${percentText(pressure)}`, "dim"],
  ];
}

function footLine({ notice }: TopView): Line {
  if (notice !== null) return [[oneLine(notice), "yellow"]];
  return [["q quit · p pause or resume · tab next pool · space hold still", "dim"]];
}

interface Part {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Operations, workers and jobs: each gets its share of the lines, and what others don't need. */
function bodyLines({ sight }: TopView, { columns, rows }: FrameSize, paint: Paint): string[] {
  const parts = [operationsPart(sight), workersPart(sight), jobsPart(sight)]
    .filter((part) => part.rows.length > 0);
  // An empty line and a head each.
  let left = rows - 2 * parts.length;
  const lines: string[] = [];
  for (const [at, part] of parts.entries()) {
    const waiting = parts.slice(at + 1).map((later) => later.rows.length);
    const fair = Math.floor(left / (waiting.length + 1));
    const unused = waiting.reduce((sum, need) => sum + Math.max(0, fair - need), 0);
    const count = Math.min(part.rows.length, Math.max(0, fair + unused));
    if (count < 1) continue;
    left -= count;
    lines.push("", ...table(part.columns, part.rows.slice(0, count), { width: columns, paint }));
  }
  return lines;
}

function operationsPart({ operations, jobs }: TopSight): Part {
  const running = Map.groupBy(jobs, ({ operation }) => operation);
  return {
    columns: [
      { name: "OPERATION" },
      { name: "RUNNING", isNumber: true },
      { name: "DONE/MIN", isNumber: true },
      { name: "FAILED", isNumber: true },
      { name: "WAIT P95", isNumber: true },
      { name: "RUN P95", isNumber: true },
    ],
    rows: operations.map(({ labels, done, failed, waitMs, durationMs }): Row => {
      const name = labels.operation ?? "other";
      return [
        shortened(name),
        `${running.get(name)?.length ?? 0}`,
        `${done}`,
        [`${failed}`, failed > 0 ? "red" : undefined],
        waitMs.p95 === null ? "-" : timeText(waitMs.p95),
        durationMs.p95 === null ? "-" : timeText(durationMs.p95),
      ];
    }),
  };
}

function workersPart({ status }: TopSight): Part {
  const busiest = status.host.trees.toSorted((a, b) => (b.cpuCores ?? 0) - (a.cpuCores ?? 0));
  return {
    columns: [
      { name: "WORKER" },
      { name: "RUNS" },
      { name: "CORES", isNumber: true },
      { name: "MEMORY", isNumber: true },
      { name: "PROCESSES", isNumber: true },
      { name: "PID", isNumber: true },
    ],
    rows: busiest.map((
      { seat, kind, cpuCores, shareBytes, residentBytes, processes, pid },
    ): Row => [
      seat === null ? "service" : `seat ${seat}`,
      seat === null ? "-" : `${kind}s`,
      cpuCores === null ? "unknown" : cpuCores.toFixed(2),
      bytesText(shareBytes ?? residentBytes),
      `${processes}`,
      `${pid}`,
    ]),
  };
}

function jobsPart({ at, jobs }: TopSight): Part {
  return {
    columns: [{ name: "JOB" }, { name: "FOR", isNumber: true }, { name: "OPERATION" }, {
      name: "WHAT",
    }],
    rows: jobs.map((job): Row => [
      [job.id, styleOf("running")],
      timeText(Math.max(0, at - startOf(job))),
      shortened(job.operation),
      whatOf(job),
    ]),
  };
}

/** Names of operations may have 128 characters. */
function shortened(name: string): string {
  const line = oneLine(name);
  return line.length <= 24 ? line : `${line.slice(0, 23)}…`;
}
