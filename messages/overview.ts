/**
 * The first row as it changes: what a page that is watched needs of a runtime, in one small frame.
 *
 * @module
 */
import type { Envelope } from "./decision.ts";
import type { Percentiles, PoolStatus, Status } from "./status.ts";

/** Something about the size of a pool that is marked in a chart. */
export type Mark =
  & {
    /** Wall instant, epoch ms. */
    readonly at: number;
    /** Name of the pool. */
    readonly pool: string;
    /** Id of the decision. */
    readonly decision: number;
    /** One clause for people. */
    readonly because: string;
  }
  & (
    | {
      /** Workers were started or retired. */
      readonly type: "resized";
      /** Workers before. */
      readonly from: number;
      /** Workers then. */
      readonly to: number;
    }
    | {
      /** The pool was given another envelope, or was refused one. */
      readonly type: "decided";
      /** Workers to keep at least. */
      readonly floor: number;
      /** Workers to have at most. */
      readonly cap: number;
      /** False when the scaling machine refused it. */
      readonly adopted: boolean;
    }
  );

/** One pool in a frame. */
export interface PoolSight
  extends
    Pick<PoolStatus, "name" | "policy" | "workers" | "running" | "queued" | "scaling">,
    Pick<Envelope, "floor" | "cap"> {}

/** The machine in a frame. Null is unknown. */
export interface HostSight {
  /** Cores that may be used. */
  readonly cores: number;
  /** Busy share of them. */
  readonly cpuRatio: number | null;
  /** Used share of memory. */
  readonly memoryRatio: number | null;
  /** Share of the last 10 s in which somebody waited for a core. */
  readonly cpuPressureRatio: number | null;
  /** The same for memory. */
  readonly memoryPressureRatio: number | null;
  /** The same for disks. */
  readonly ioPressureRatio: number | null;
}

/** What a runtime is doing now. */
export interface Overview extends
  Pick<
    Status,
    | "version"
    | "pending"
    | "scheduled"
    | "oldestWaitMs"
    | "running"
    | "size"
    | "ended"
    | "failedLastMinute"
    | "verdict"
  > {
  /** When it was looked, epoch ms. */
  readonly at: number;
  /** From acceptance to the start, of jobs that ended lately. */
  readonly waitMs: Percentiles;
  /** From the start to the end, of jobs that ended lately. */
  readonly runMs: Percentiles;
  /** The machine. */
  readonly host: HostSight;
  /** All pools. */
  readonly pools: readonly PoolSight[];
  /** Incidents that go on. */
  readonly incidents: number;
  /** Breakers that hold jobs, or try one. */
  readonly breakers: number;
  /** Since the frame before, oldest first; in the first frame the latest that are known. */
  readonly marks: readonly Mark[];
}
