/**
 * The stream of facts as server-sent events; an event's id is the fact's place in the stream.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import { type Call, type Handler, wholeNumber } from "./call.ts";

/** A comment this often shows a dead peer where no facts come, ms. */
const aliveEveryMs = 15_000;

const utf8 = new TextEncoder();

/**
 * Streams facts from now on, or from the place after `Last-Event-ID`, or from `?from=SEQ`. Ends
 * when `closing` is aborted.
 */
export function streamEvents(runtime: Runtime, closing: AbortSignal): Handler {
  return (call) => {
    const from = placeOf(call);
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, closing]);
    const facts = runtime.facts(from === null ? { signal } : { from, signal });
    return new Response(eventStream(facts, () => left.abort()), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  };
}

/** A browser that comes back says the last id it saw; that wins over the URL it started with. */
function placeOf(call: Call): number | null {
  const last = call.req.header("last-event-id");
  if (last !== undefined && /^\d{1,15}$/.test(last)) return Number(last) + 1;
  return wholeNumber(call, "from", { min: 0, max: Number.MAX_SAFE_INTEGER }, null);
}

/** Takes a fact only when the reader has room for it; the runtime answers slowness with a gap. */
function eventStream(
  facts: AsyncIterableIterator<Stamped<Fact> | GapFact>,
  leave: () => void,
): ReadableStream<Uint8Array> {
  let beat: ReturnType<typeof setInterval>;
  const end = () => {
    clearInterval(beat);
    leave();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(utf8.encode("retry: 1000\n\n"));
      beat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(utf8.encode(": alive\n\n"));
      }, aliveEveryMs);
    },
    async pull(controller) {
      const next = await facts.next().catch((error) => {
        end();
        throw error;
      });
      if (!next.done) return controller.enqueue(utf8.encode(eventOf(next.value)));
      end();
      controller.close();
    },
    async cancel() {
      end();
      await facts.return?.();
    },
  });
}

function eventOf(item: Stamped<Fact> | GapFact): string {
  const [id, type] = "fact" in item ? [item.seq, item.fact.type] : [item.to, "gap"];
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(item)}\n\n`;
}
