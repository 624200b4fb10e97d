/**
 * What a controller saw and was told, so that it, or another one, can decide on it again.
 *
 * A recording is text, a line an entry. It consists of parts, each of which begins with a head.
 *
 * @module
 */
import type { Candidate, Decision, StartTimes } from "./decision.ts";

/** Where a controller stands when a part begins. */
export interface RecordingHead {
  /** Its pool. */
  readonly pool: string;
  /** Policies by name, with their options and all that they go by. */
  readonly policies: readonly {
    readonly name: string;
    readonly options: unknown;
    readonly saved: unknown;
  }[];
  /** Constraints by name. */
  readonly guards: readonly string[];
  /** What is done while the host can't be seen; null: the size is held. */
  readonly fallback: unknown;
  /** State and context of the scaling machine, instants monotonic. */
  readonly scaling: { readonly value: unknown; readonly context: unknown };
  /** Which objections are on record already. */
  readonly blocks: unknown;
  /** The latest decision; null: there is none. */
  readonly last: Decision | null;
  /** What those stay with who tune themselves, by name; absent: they are not frozen. */
  readonly tuned?: Readonly<Record<string, Candidate | null>>;
  /** What is known of the jobs that come; absent in recordings of earlier versions. */
  readonly work?: unknown;
  /** Number of the next decision. */
  readonly nextId: number;
  /** What workers cost; null: nobody has said it. */
  readonly prices: unknown;
}

/** What is kept of a decision to tell it from another one. */
export type RecordedDecision = Pick<
  Decision,
  "id" | "winner" | "envelope" | "because" | "adopted" | "blockedBy"
>;

/** One line of a recording. */
export type RecordingLine =
  | { readonly type: "head"; readonly head: RecordingHead }
  | {
    readonly type: "look";
    /** What of the reading is not as at the look before; null: unknown, or no more. */
    readonly reading: Readonly<Record<string, unknown>>;
    /** What the constraints allowed that objected; absent: the same as at the look before. */
    readonly limits?: readonly Candidate[];
    readonly decided?: {
      readonly decision: RecordedDecision;
      /** What starts had taken by then. */
      readonly starts: readonly StartTimes[];
    };
  }
  /** What the scaling machine was told by others than its controller. */
  | {
    readonly type: "told";
    /** Monotonic, ms. */
    readonly nowMs: number;
    readonly message: { readonly type: string };
  };
