/**
 * A link to a worker process that isn't there: the test says what it does.
 *
 * @module
 */
import { newKin } from "../actors/credit.ts";
import type { Grant, Processes, WorkerEvents } from "../actors/ports.ts";
import type { Queue } from "../actors/queue.ts";
import { Router, type RouterParts } from "../actors/router.ts";
import { WorkerLink } from "../actors/worker.ts";
import type { WorkerListener } from "../actors/worker_listener.ts";
import { messages } from "../messages/wire.ts";
import type { ManualClock } from "./manual_clock.ts";
import { nothing } from "./orders.ts";

/** What a puppet's link tells unless the test listens: nothing. */
export const deaf: WorkerListener<WorkerLink> = {
  ready: () => {},
  payload: (_link, job) => job.payload,
  trace: (_link, job) => job.spec.traceparent!,
  spawned: () => {},
  asked: () => {},
  began: () => {},
  returned: () => {},
  finished: () => {},
  told: () => {},
  violated: () => {},
  heard: () => {},
  garbage: () => {},
  gone: () => {},
};

/** Who sends the jobs of `queue` to workers by the pool's own rule, until another is adopted. */
export const routerOf = ({ wake }: Queue, note: RouterParts["note"] = () => {}): Router =>
  new Router({ wake, random: { unit: () => 0.5 }, note });

/** A link with its process in the test's hand. */
export interface Puppet {
  readonly link: WorkerLink;
  /** Batches sent to the process and not looked at. */
  readonly sent: unknown[][];
  readonly killed: string[];
  /** Lets the process say a flat batch. */
  say(...batch: unknown[]): void;
  readonly events: WorkerEvents;
  /** Bytes that the process has not taken. */
  queuedBytes: number;
}

/** A worker that has connected and is ready, or is still to do so where it is `young`. */
export function puppet(
  clock: ManualClock,
  listener: Partial<WorkerListener<WorkerLink>> = {},
  { pid = 100, seat = 1, grant = nothing, slotsMax = 8, young = false }: {
    readonly pid?: number;
    readonly seat?: number;
    readonly grant?: Grant;
    readonly slotsMax?: number;
    readonly young?: boolean;
  } = {},
): Puppet {
  const sent: unknown[][] = [];
  const killed: string[] = [];
  let events!: WorkerEvents;
  const processes: Processes = {
    spawn(_options, given) {
      events = given;
      return {
        pid,
        get queuedBytes() {
          return made.queuedBytes;
        },
        send: (items) => void sent.push(JSON.parse(`[${items}]`)),
        kill: (signal, tree) => void killed.push(tree ? `${signal} tree` : signal),
        left: () => {},
      };
    },
    sweep: () => 0,
    close: () => {},
  };
  const options = { seat, generation: 1, grant, slotsMax, known: [], kin: newKin() };
  const link = new WorkerLink(options, { clock, processes }, { ...deaf, ...listener });
  link.start();
  const made: Puppet = {
    link,
    sent,
    killed,
    events,
    queuedBytes: 0,
    say: (...batch) => events.frame(batch),
  };
  if (young) return made;
  events.connected(pid);
  events.frame([messages.ready.kind]);
  return made;
}
