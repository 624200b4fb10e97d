/**
 * The stream of facts as server-sent events; an event's id is the fact's place in the stream.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import { type Call, type Handler, wholeNumber } from "./call.ts";
import { sse } from "./sse.ts";

/**
 * Streams facts from now on, or from the place after `Last-Event-ID`, or after `?from=SEQ`. Ends
 * when `closing` is aborted.
 */
export function streamEvents(runtime: Runtime, closing: AbortSignal): Handler {
  return (call) => {
    const from = placeOf(call);
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, closing]);
    const facts = runtime.facts(from === null ? { signal } : { from, signal });
    return sse({ items: facts, format: eventOf, leave: () => left.abort() });
  };
}

/** A browser that comes back says the last id it saw; that wins over the URL it started with. */
function placeOf(call: Call): number | null {
  const last = call.req.header("last-event-id");
  if (last !== undefined && /^\d{1,15}$/.test(last)) return Number(last);
  return wholeNumber(call, "from", { min: 0, max: Number.MAX_SAFE_INTEGER }, null);
}

function eventOf(item: Stamped<Fact> | GapFact): string {
  const [id, type] = "fact" in item ? [item.seq, item.fact.type] : [item.to, "gap"];
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(item)}\n\n`;
}
