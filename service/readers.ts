/**
 * Who follows the stream of facts: how many at once, and what each of them wants to hear.
 *
 * @module
 */
import { jobNumber } from "../actors/job.ts";
import { Refusal } from "../actors/runtime.ts";
import type { Fact, FactsOptions } from "../messages/facts.ts";
import { type Call, wholeNumber } from "./call.ts";

/** Readers at once, of both kinds of streams: half of the connections that the TCP door takes. */
const readersMax = 128;

/** Names of the parameters of a stream. */
export const streamParameters = ["from", "type", "job"] as const;

const types = Object.keys(
  {
    opened: true,
    decided: true,
    judged: true,
    resized: true,
    worker: true,
    operated: true,
    machine: true,
    alert: true,
    alertRaised: true,
    alertEscalated: true,
    alertCleared: true,
    violation: true,
    config: true,
    asked: true,
    jobs: true,
    told: true,
  } satisfies Record<Fact["type"], true>,
) as readonly Fact["type"][];

/** Counts the readers of one service. */
export class Readers {
  #now = 0;

  /** Refuses another reader with `too_many_readers` when there are enough. */
  refuseIfFull(): void {
    if (this.#now < readersMax) return;
    throw new Refusal("too_many_readers", `At most ${readersMax} readers of events at once`);
  }

  /** Lets one in; returns the way to let it out, which may be taken twice. */
  enter(): () => void {
    this.#now++;
    let isIn = true;
    return () => {
      if (isIn) this.#now--;
      isIn = false;
    };
  }
}

/** What a reader wants to hear, by its parameters and the place that it has seen last. */
export function wantedBy(call: Call): FactsOptions {
  const from = placeOf(call);
  const wanted = typesOf(call);
  const job = jobOf(call);
  return {
    ...(from !== null && { from }),
    ...(wanted !== null && { types: wanted }),
    ...(job !== null && { job }),
  };
}

/** A browser that comes back says the last id it saw; that wins over the URL it started with. */
function placeOf(call: Call): number | null {
  const last = call.req.header("last-event-id");
  if (last !== undefined && /^\d{1,15}$/.test(last)) return Number(last);
  return wholeNumber(call, "from", { min: 0, max: Number.MAX_SAFE_INTEGER }, null);
}

function typesOf(call: Call): readonly Fact["type"][] | null {
  const given = call.req.query("type")?.split(",");
  if (given === undefined) return null;
  return given.map((name) => {
    const type = types.find((each) => each === name);
    if (type === undefined) throw invalid("type", `one or more of ${types.join(",")}`, name);
    return type;
  });
}

function jobOf(call: Call): string | null {
  const given = call.req.query("job");
  if (given === undefined) return null;
  if (jobNumber(given) === null) throw invalid("job", "the id of a job", given);
  return given;
}

function invalid(name: string, expected: string, given: string): Refusal {
  const shown = JSON.stringify(given.slice(0, 80));
  const message = `${name} must be ${expected}, given ${shown}`;
  const issue = { pointer: `/${name}`, message, expected, given: shown };
  return new Refusal(`invalid_${name}`, message, [issue]);
}
