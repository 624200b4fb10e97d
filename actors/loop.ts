/**
 * A plain loop as an actor: a mailbox that is checked at its door, and ticks.
 *
 * One bad event would put an XState actor into `error` for ever, and a throw in a timer would not
 * be seen by anyone. Here a strange message is counted and ignored, and a throw ends the actor, so
 * that its supervisor hears of it.
 *
 * @module
 */
import { type AnyEventObject, type CallbackActorLogic, fromCallback } from "xstate";
import type { Clock } from "./ports.ts";

/** What a loop is given. */
export interface Turns<M extends AnyEventObject> {
  /** Calls `fn` every `everyMs`, without drift and without catching up. */
  every(everyMs: number, fn: () => void): void;
  /** Calls `fn` once at `untilMs`, monotonic; returns the way to call it off. */
  at(untilMs: number, fn: () => void): () => void;
  /** Handlers by type of message. */
  on(handlers: { readonly [T in M["type"]]: (message: Extract<M, { type: T }>) => void }): void;
  /** Messages that were refused at the door. */
  readonly refused: () => number;
}

const crash = "flyball.crash";

/** Declares a loop; `run` is called at each (re)start and may return what to do at the end. */
export function loop<M extends AnyEventObject>(
  clock: Clock,
  run: (turns: Turns<M>) => void | (() => void),
): CallbackActorLogic<AnyEventObject> {
  return fromCallback(({ receive, self }) => {
    let refused = 0;
    let thrown: { readonly error: unknown } | null = null;
    const alarms = alarmsOf(clock, (error) => {
      thrown = { error };
      self.send({ type: crash });
    });
    let end: (() => void) | void;
    let over = false;

    /** XState calls nobody when an actor fails: what was armed would tick on beside the next one. */
    function close() {
      if (over) return;
      over = true;
      alarms.clear();
      end?.();
    }

    function orClose(fn: () => void) {
      try {
        fn();
      } catch (error) {
        close();
        throw error;
      }
    }

    let handlers: Record<string, (message: never) => void> = {};
    receive((message) =>
      orClose(() => {
        if (thrown) throw thrown.error;
        const handle = Object.hasOwn(handlers, message.type) ? handlers[message.type] : undefined;
        if (handle) handle(message as never);
        else refused++;
      })
    );
    orClose(() =>
      end = run({
        every: alarms.every,
        at: alarms.at,
        on: (given) => void (handlers = given as typeof handlers),
        refused: () => refused,
      })
    );
    return close;
  });
}

/** Timers of one life; what they throw goes to `failed`. */
function alarmsOf(clock: Clock, failed: (error: unknown) => void) {
  const disarms = new Set<() => void>();
  /** Of those that go on: the way to call off what each has armed last. */
  const rhythms: { disarm: () => void }[] = [];

  function orFail(fn: () => void) {
    try {
      fn();
    } catch (error) {
      failed(error);
    }
  }

  function at(untilMs: number, fn: () => void) {
    const disarm = clock.at(untilMs, () => {
      disarms.delete(disarm);
      orFail(fn);
    });
    disarms.add(disarm);
    return () => {
      disarms.delete(disarm);
      disarm();
    };
  }

  function every(everyMs: number, fn: () => void) {
    let dueMs = clock.nowMs();
    const rhythm = { disarm: () => {} };
    rhythms.push(rhythm);
    const arm = () => {
      dueMs = Math.max(dueMs + everyMs, clock.nowMs());
      rhythm.disarm = clock.at(dueMs, ring);
    };
    const ring = () => {
      arm();
      orFail(fn);
    };
    arm();
  }

  function clear() {
    for (const disarm of disarms) disarm();
    for (const { disarm } of rhythms) disarm();
  }

  return { at, every, clear };
}
