/**
 * How many workers the machine carries, each limit with its reason.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { known } from "./blind.ts";

/** Workers at most, and what binds. */
export interface Limit {
  /** Workers at most; Infinity: it limits nothing. */
  readonly workers: number;
  /** What limits, in words. */
  readonly because: string;
  /** Of a precaution against what nobody has measured: what the other limits leave. */
  readonly raisableTo?: number;
}

/** Memory assumed for a worker before one was measured. */
const workerBytesAssumed = 40e6;

/** Workers while nothing can be measured, and commands at first: 2 a core. */
export function cautious({ cores }: Reading): number {
  return 2 * Math.ceil(cores);
}

/** One a core where there are only tasks, whose demand shows as they run; a command's never does. */
function unmeasured(reading: Reading): number {
  const { cores, commandsQueued, commandsRunning } = reading;
  return commandsQueued + commandsRunning > 0 ? cautious(reading) : Math.ceil(cores);
}

/** The limit that binds, the first of equals. */
export function tightest(limits: readonly Limit[]): Limit {
  return limits.reduce((least, limit) => limit.workers < least.workers ? limit : least);
}

/**
 * As many as the cores carry when a busy worker wants `demand` (0..1) of one; null: unknown. What
 * this process itself wants (`own`) is not there for more workers than one a core.
 */
export function cpuLimit(demand: number | null, own: number | null, reading: Reading): Limit {
  if (demand === null) {
    return { workers: unmeasured(reading), because: "cpu demand of a worker not measured yet" };
  }
  const wants = `cpu: a busy worker wants ${demand.toFixed(2)} of a core`;
  const { all, left } = carried(demand, own, reading);
  return left < all
    ? { workers: left, because: `${wants}, feeding them ${own!.toFixed(2)}` }
    : { workers: all, because: wants };
}

/** Whether the cores are known to carry fewer workers than there are. */
export function isCrowded(demand: number | null, own: number | null, reading: Reading): boolean {
  return demand !== null &&
    cpuRoom(demand, own, reading) < reading.workers + reading.starting;
}

/** Workers of {@link cpuLimit}, without a word. */
export function cpuRoom(demand: number, own: number | null, reading: Reading): number {
  const { all, left } = carried(demand, own, reading);
  return Math.min(all, left);
}

/** Workers that the cores carry: `all` if nobody fed them, and what feeding leaves. */
function carried(demand: number, own: number | null, { cores }: Reading) {
  const fed = Math.floor(Math.max(0, cores - (own ?? 0)) / demand + .5);
  return {
    all: Math.max(1, Math.floor(cores / demand + .5)),
    left: Math.max(Math.ceil(cores), fed),
  };
}

/** Share of wanted CPU time not got above which one more worker only takes from the others. */
const starvedHighRatio = .25;
/** Demand below which starvation is noise: who hardly runs hardly waits for a core. */
const demandLowRatio = .1;
/** A worker whose thread jobs hold for less than this has room for others, as soon as it has a core. */
const heldLowRatio = .5;

/**
 * No more than there are while those that work queue for the cores; one a core in any case. Those
 * count that want a core for long, and those that jobs do not hold and that yet get none for long.
 */
export function starvedLimit(reading: Reading): Limit {
  const { cores, workerDemandRatio: demand, workerStarvedRatio: starved, heldRatio } = reading;
  const { workers, starting } = reading;
  const short = known(starved) && known(demand) && starved > starvedHighRatio &&
    (demand > demandLowRatio ||
      (delayed(demand, starved) > demandLowRatio &&
        !(known(heldRatio) && heldRatio >= heldLowRatio)));
  const because = `cpu: workers got a core ${Math.round((1 - (starved ?? 0)) * 100)} % of the ` +
    "time they wanted one";
  return { workers: short ? Math.max(Math.ceil(cores), workers + starting) : Infinity, because };
}

/** Share of all its time in which a thread runs or waits for a core. */
function delayed(demand: number, starved: number): number {
  return demand === 0 ? 0 : demand / (1 - starved + demand * starved);
}

/** What is there and as many as fit into nine tenths of the memory that is left. */
export function memoryLimit(reading: Reading, held: number): Limit {
  if (!known(reading.memoryAvailableBytes)) {
    return { workers: held, because: "limits held: available memory is unknown" };
  }
  const more = Math.floor(
    .9 * reading.memoryAvailableBytes / (reading.workerBytes || workerBytesAssumed),
  );
  const workers = Math.max(1, reading.workers + reading.starting + more);
  return { workers, because: `memory for ${more} more workers` };
}

/** When only commands wait, and for their own limit, more workers would wait with them. */
export function commandsLimit(commandsMax: number | null, reading: Reading): Limit {
  const { commandsQueued, commandsRunning, queued } = reading;
  const waiting = commandsQueued > 0 && commandsQueued >= queued;
  const limited = waiting && commandsMax !== null && commandsRunning >= .8 * commandsMax;
  const workers = limited ? Math.max(1, reading.workers + reading.starting) : Infinity;
  return { workers, because: `only commands wait, and at most ${commandsMax} may run` };
}
