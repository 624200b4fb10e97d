/**
 * The operator's grip on a pool.
 *
 * @module
 */
import type { ControllerMessage } from "../messages/mailboxes.ts";
import { type PoolHandle, Refusal } from "./runtime.ts";
import { poolStatus } from "./status.ts";
import type { System } from "./system.ts";

/** Most workers that can be asked for by hand. */
const pinMax = 10_000;

/** The grip on the pool `name`; throws Refusal `unknown_pool`. */
export function poolHandle(system: System, name: string): PoolHandle {
  const estate = system.estates.get(name);
  if (estate === undefined) {
    const known = [...system.estates.keys()].join(", ");
    throw new Refusal(
      "unknown_pool",
      `There is no pool ${JSON.stringify(name)}: there is ${known}`,
    );
  }
  const send = (message: ControllerMessage) => estate.control(message);
  const pin = (workers: number, forMs?: number) => {
    if (!Number.isInteger(workers) || workers < 0 || workers > pinMax) {
      throw new Refusal(
        "invalid_workers",
        `Cannot pin pool as workers must be an integer 0..${pinMax}: current value is ${workers}`,
        [{
          pointer: "/workers",
          message: `must be 0..${pinMax}`,
          expected: `an integer 0..${pinMax}`,
          given: String(workers),
        }],
      );
    }
    send({ type: "pin", workers, ...limit(forMs) });
  };
  return {
    status: () => poolStatus(system, estate),
    pin,
    resize(workers, forMs) {
      pin(workers, forMs);
      return { desired: workers, actual: estate.pool.links.filter(({ open }) => open).length };
    },
    pause(forMs, scaling) {
      const ends = limit(forMs);
      if (scaling === undefined) send({ type: "pause", ...ends });
      else if (scaling === "both") pin(estate.pool.links.length, forMs);
      else if (scaling === "in" || scaling === "out") send({ type: "hold", scaling, ...ends });
      else throw wrongScaling(scaling);
    },
    drain: (forMs) => send({ type: "drain", ...limit(forMs) }),
    resume: () => {
      estate.pool.roster.forgive();
      send({ type: "resume" });
    },
  };
}

function wrongScaling(given: unknown): Refusal {
  const expected = "in, out or both";
  const message = `Cannot pause scaling as it must be ${expected}: given ${given}`;
  return new Refusal("invalid_paused", message, [
    { pointer: "/paused", message: `must be ${expected}`, expected, given: String(given) },
  ]);
}

function limit(forMs: number | undefined): { forMs?: number } {
  if (forMs === undefined) return {};
  if (!(forMs > 0) || forMs > 2 ** 31 - 1) {
    throw new Refusal(
      "invalid_for",
      `Cannot limit the time as forMs must be 1..2147483647: current value is ${forMs}`,
      [{
        pointer: "/for",
        message: "must be 1..2147483647 ms",
        expected: "1..2147483647 ms",
        given: String(forMs),
      }],
    );
  }
  return { forMs };
}
