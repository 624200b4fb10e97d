/**
 * What can be said of an endpoint.
 *
 * @module
 */

/** An answer: the name of a type, a list of one, a page of one, or text of a media type. */
export type Answer =
  | { readonly type: string }
  | { readonly list: string }
  | { readonly fields: Readonly<Record<string, Answer | "string" | "boolean">> }
  /** An object that another page describes. */
  | { readonly object: string }
  | { readonly text: string };

/** One endpoint in words. */
export interface Endpoint {
  readonly tag: string;
  readonly summary: string;
  /** What its parameters in the query say. */
  readonly query?: Readonly<Record<string, string>>;
  /** What its headers say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the body's schema. */
  readonly body?:
    | "ConfigPatch"
    | "Jobs"
    | "JobPatch"
    | "Simulation"
    | "PoolPatch"
    | "NewSchedule"
    | "SchedulePatch";
  /** By status, what it answers when all is well. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** A WebSocket. */
  readonly upgrades?: true;
}
