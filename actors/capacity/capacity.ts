/**
 * What the machine and the service can take, and what operations need.
 *
 * @module
 */
import type {
  Capacity,
  CapacityLimit,
  OperationProfile,
  Saturation,
} from "../../messages/capacity.ts";
import { recommended } from "../../policies/report/recommend.ts";
import { machineLimits } from "../host/limits/machine.ts";
import type { Probe } from "../host/limits/probe.ts";
import { usualPool } from "../pool_of.ts";
import type { System } from "../system.ts";
import { contentionsOf } from "./contentions.ts";
import { type History, historyOf, mostOf } from "./history.ts";
import { profileOf } from "./profile.ts";
import { saturationOf } from "./saturation.ts";

/** Operations that are told of: those with most jobs. */
const operationsMax = 32;
/** What is taken from what was seen, where no one says how much there is. */
const seenNames = [
  ...["diskReadBytesPerS", "diskWrittenBytesPerS", "diskReadsPerS", "diskWritesPerS"],
  ...["networkReceivedBytesPerS", "networkSentBytesPerS"],
];

/** Looks at the machine and at what is kept; `data` is our folder, `probe` what was tried. */
export async function capacityOf(
  system: System,
  data: string | null,
  probe: Probe | null,
): Promise<Capacity> {
  const history = await historyOf(system.series);
  return {
    at: new Date(history.wallMs).toISOString(),
    limits: [...machineLimits(data, mostOf(history, seenNames), probe), ...ownLimits(system)],
    ...needsOf(system, history),
    contention: contentionsOf(history.jobsBySeconds, history.seconds),
  };
}

/** When room is used up, what should be more, and what operations need, by what is known. */
export function needsOf(
  system: System,
  history: History,
): Pick<Capacity, "saturation" | "recommended" | "operations"> {
  const own = ownLimits(system);
  const limitOf = (name: string) => own.find((limit) => limit.name === name)?.value ?? null;
  const resources = [
    ["cpuRatio", 1],
    ["memoryRatio", 1],
    ["workers", limitOf("workers")],
    ["queued", limitOf("jobs")],
  ] as const;
  const saturation = saturationOf(history.days, resources, history.wallMs);
  const operations = operationsOf(system, history);
  return { saturation, recommended: recommendedOf(system, saturation, operations), operations };
}

/** For the usual pool, where all jobs are in it: of others it is not kept what came to them. */
function recommendedOf(
  { home, estates }: System,
  saturation: readonly Saturation[],
  operations: readonly OperationProfile[],
) {
  if (estates.size > 1) return [];
  return recommended({
    pool: usualPool,
    spares: home.pool.envelope.spares ?? 0,
    workers: saturation.find(({ resource }) => resource === "workers") ?? null,
    bursts: operations.map(({ bursts }) => bursts),
  });
}

function operationsOf({ stowage: { footprints } }: System, history: History) {
  const { jobsByHours, jobsBySeconds, wallMs } = history;
  return [...jobsByHours]
    .map(([name, byHours]) =>
      profileOf({
        operation: name!,
        byHours,
        bySeconds: jobsBySeconds.get(name) ?? new Map(),
        entry: footprints.operations.get(name!),
        wallMs,
      })
    )
    .sort((one, other) => other.jobs - one.jobs)
    .slice(0, operationsMax);
}

/** What we hold ourselves to. */
function ownLimits({ queue, estates, home, stowage: { footprints } }: System): CapacityLimit[] {
  const set = (
    name: string,
    value: number | null,
    used: number | null,
    source: string,
  ): CapacityLimit => ({
    ...{ name, value, used, source: value === null ? null : source },
    confidence: value === null ? "unknown" : "enforced",
    candidates: value === null ? [] : [{ source, value }],
    ...(value === null && { because: "no limit is set" }),
  });
  const { jobsMax, bytesMax } = queue.ingress.limits;
  const budgetBytes = footprints.budgetBytes;
  const { runningMax, commandsMax } = home.pool.envelope;
  const { sent, commandsSent } = home.pool.dispatcher;
  const given = footprints.limitBytes !== null;
  return [
    ...[...estates.values()].map(({ name, pool, controller }) => {
      const [latest] = controller.decisions(1);
      const bounds = latest?.vetoes.find(({ policy }) => policy === "bounds");
      const most = bounds?.proposal.cap ?? pool.envelope.cap;
      const limit = name === usualPool ? "workers" : `workers of ${name}`;
      return set(limit, most, pool.links.length, `pools.${name}.workers.max`);
    }),
    set("jobs", jobsMax, queue.open.size, "queue.jobsMax"),
    set("jobsBytes", bytesMax, queue.bytes, "queue.bytesMax"),
    set("runningJobs", runningMax, sent, "the policy of the pool"),
    set("runningCommands", commandsMax, commandsSent, "the policy of the pool"),
    set(
      "commandsBytes",
      budgetBytes === Infinity ? null : budgetBytes,
      footprints.reservedBytes,
      given ? "pools.default.memoryBytes" : "90 % of what is free",
    ),
  ];
}
