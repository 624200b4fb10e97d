/**
 * What a route's handler is given, beside the request, and how it answers.
 *
 * @module
 */
import type { Context } from "hono";
import type { Caller } from "../actors/access/caller.ts";
import { Refusal } from "../actors/runtime.ts";
import type { FrameSocket } from "./frame_socket.ts";

/** Through which door a request came. */
export interface Door {
  /** True for the control socket: whoever can open it owns the data directory. Default false. */
  readonly trusted?: boolean;
  /** Whose token was shown; absent where none is needed. */
  readonly caller?: Caller;
  /** The span that the door's own server has made for the request; absent where it has none. */
  readonly span?: unknown;
  /** Turns the request into a WebSocket and hands it to `open`; absent where the door has none. */
  readonly upgrade?: (open: (socket: FrameSocket) => void) => Response;
}

/** One request on its way through a route. */
export type Call = Context<{ Bindings: Door }>;

/** Answers one call; throws a Refusal for a problem. */
export type Handler = (call: Call) => Response | Promise<Response>;

/** Refuses a parameter that the route does not know, or that is given twice. */
export function checkParameters(url: string, known: readonly string[]): void {
  const at = url.indexOf("?");
  if (at < 0) return;
  const given = [...new URLSearchParams(url.slice(at)).keys()];
  const expected = known.length === 0 ? "no parameter" : `one of ${known.join(", ")}`;
  for (const [i, name] of given.entries()) {
    const isTwice = given.indexOf(name) < i;
    if (known.includes(name) && !isTwice) continue;
    const shown = name.slice(0, 80);
    const message = isTwice
      ? `The parameter ${shown} is given more than once`
      : `There is no parameter ${shown} here: there ${known.length === 1 ? "is" : "are"} ${
        known.join(", ") || "none"
      }`;
    throw new Refusal(isTwice ? "repeated_parameter" : "unknown_parameter", message, [
      { pointer: "", message, expected, given: shown },
    ]);
  }
}

/** Reads a whole number from the query, `fallback` when it is absent. */
export function wholeNumber<F>(
  call: Call,
  name: string,
  range: { readonly min: number; readonly max: number },
  fallback: F,
): number | F {
  const given = call.req.query(name);
  if (given === undefined) return fallback;
  const value = /^\d{1,16}$/.test(given) ? Number(given) : NaN;
  if (value >= range.min && value <= range.max) return value;
  const expected = `a whole number ${range.min}..${range.max}`;
  const shown = JSON.stringify(given.slice(0, 80));
  const message = `${name} must be ${expected}, given ${shown}`;
  throw new Refusal(`invalid_${name}`, message, [
    { pointer: `/${name}`, message, expected, given: shown },
  ]);
}

/** The parameters that were given; the runtime says what is wrong with them. */
export const given = (call: Call, fields: readonly string[]): Record<string, string | undefined> =>
  Object.fromEntries(
    fields.map((name) => [name, call.req.query(name)]).filter(([, value]) => value !== undefined),
  );

/** A refusal for something that is not there. */
export function notFound(what: string): Refusal {
  return new Refusal("not_found", `${what} was not found`);
}
