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
    let over = false;
    const disarms = new Set<() => void>();
    const guarded = (fn: () => void) => {
      try {
        fn();
      } catch (error) {
        self.send({ type: crash, error });
      }
    };

    function every(everyMs: number, fn: () => void) {
      let dueMs = clock.nowMs();
      const tick = () => {
        dueMs = Math.max(dueMs + everyMs, clock.nowMs());
        const disarm = clock.at(dueMs, () => {
          disarms.delete(disarm);
          if (over) return;
          tick();
          guarded(fn);
        });
        disarms.add(disarm);
      };
      tick();
    }

    let handlers: Record<string, (message: never) => void> = {};
    receive((message) => {
      if (message.type === crash) throw message["error"];
      const handle = Object.hasOwn(handlers, message.type) ? handlers[message.type] : undefined;
      if (handle) handle(message as never);
      else refused++;
    });
    const end = run({
      every,
      on: (given) => handlers = given as typeof handlers,
      refused: () => refused,
    });
    return () => {
      over = true;
      for (const disarm of disarms) disarm();
      end?.();
    };
  });
}
