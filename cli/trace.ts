/**
 * `flyball trace ID`: what the time of a job went into, as bars.
 *
 * @module
 */
import type { JobTrace, TraceSpan } from "../messages/trace.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { pathOf } from "./follow.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** Characters of the whole life of a job. */
const barChars = 40;

/** The verb `trace`. */
export const trace: Verb = {
  declare: (command) =>
    declareReach(command.argument("<id>", "id of the job, as submit printed it"))
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const path = `${pathOf(command.args[0]!)}/trace`;
    const found = await control.ask({ method: "GET", path }) as JobTrace;
    console.log(flags.json ? JSON.stringify(found) : traceText(found));
    return exit.ok;
  },
};

/** A trace for people: a line each part, in order, then what happened when. */
export function traceText(trace: JobTrace): string {
  const { id, state, operation, traceId, acceptedAt, tookMs, spans, marks } = trace;
  const head = [`${id} ${state}`, oneLine(operation), time(tookMs), `accepted ${acceptedAt}`];
  if (traceId !== undefined) head.push(`trace ${traceId}`);
  const names = spans.map(({ name, isPart }) => (isPart ? "  " : "") + oneLine(name));
  const width = Math.max(0, ...names.map(({ length }) => length));
  return [
    head.join(" · "),
    ...spans.map((span, i) =>
      `${names[i]!.padEnd(width)} |${bar(span, tookMs)}| ${time(span.tookMs)}` +
      (span.isOpen ? " so far" : "") + (span.note === undefined ? "" : ` · ${oneLine(span.note)}`)
    ),
    ...marks.map(({ atMs, what }) => `  +${time(atMs)} ${oneLine(what)}`),
  ].join("\n");
}

/** Where it lies in the whole; what is too short for a character has one all the same. */
function bar({ fromMs, tookMs }: TraceSpan, wholeMs: number): string {
  if (!(wholeMs > 0)) return "#".padEnd(barChars);
  const at = (ms: number) => Math.round(barChars * Math.min(1, Math.max(0, ms / wholeMs)));
  const from = Math.min(barChars - 1, at(fromMs));
  const to = Math.max(from + 1, at(fromMs + tookMs));
  return (" ".repeat(from) + "#".repeat(to - from)).padEnd(barChars);
}

const time = (ms: number) =>
  ms < 10
    ? `${ms.toFixed(1)} ms`
    : ms < 10_000
    ? `${Math.round(ms)} ms`
    : `${(ms / 1_000).toFixed(1)} s`;
