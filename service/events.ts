/**
 * The stream of facts as server-sent events; an event's id is the fact's place in the stream.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import type { Handler } from "./call.ts";
import { factText, restMs, restPerS } from "./fact_text.ts";
import { type Readers, wantedBy } from "./readers.ts";
import { pace } from "./rest.ts";
import { sse } from "./sse.ts";

/**
 * Streams facts from now on, or from the place after `Last-Event-ID`, or after `?from=SEQ`; those of
 * `?type=` and `?job=` alone. Ends when `closing` is aborted.
 */
export function streamEvents(runtime: Runtime, readers: Readers, closing: AbortSignal): Handler {
  return (call) => {
    const wanted = wantedBy(call);
    readers.refuseIfFull();
    const out = readers.enter();
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, closing]);
    const leave = () => {
      out();
      left.abort();
    };
    const items = runtime.factBatches({ ...wanted, signal });
    const format = (batch: readonly Item[]) => batch.map(eventOf).join("");
    const paced = pace(restMs, restPerS, left.signal);
    return sse(call.req.raw, { items, format, leave, rest: (batch) => paced(batch.length) });
  };
}

type Item = Stamped<Fact> | GapFact;

function eventOf(item: Item): string {
  const [id, type] = "fact" in item ? [item.seq, item.fact.type] : [item.to, "gap"];
  return `id: ${id}\nevent: ${type}\ndata: ${factText(item)}\n\n`;
}
