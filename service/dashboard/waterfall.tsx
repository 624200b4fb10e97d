/**
 * What the time of a job went into, one bar a part.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { JobTrace } from "../../messages/trace.ts";
import { duration } from "./format.ts";

const shareOf = (part: number, whole: number) => `${Math.min(100, part / (whole || 1) * 100)}%`;

/** Bars from the acceptance to the end, and what is known of what happened between. */
export function Waterfall({ trace }: { readonly trace: JobTrace }) {
  const { spans, marks, tookMs, traceId } = trace;
  return (
    <>
      <ol class="waterfall">
        {spans.map(({ name, fromMs, tookMs: length, isOpen, isPart, note }, i) => (
          <li key={i} class={isPart ? "part" : ""}>
            <span class="name">{name}</span>
            <span class="lane">
              <span
                class={`span ${name} ${isOpen ? "open" : ""}`}
                style={{ left: shareOf(fromMs, tookMs), width: shareOf(length, tookMs) }}
              />
            </span>
            <span class="took">{duration(length)}</span>
            <span class="note">{note}</span>
          </li>
        ))}
      </ol>
      <p class="facts">
        {duration(tookMs)} in all{traceId && (
          <>
            , trace <code>{traceId}</code>
          </>
        )}
      </p>
      {marks.length > 0 && (
        <details>
          <summary>{marks.length} things that happened</summary>
          <ol class="steps">
            {marks.map(({ atMs, what }, i) => (
              <li key={i}>
                <span class="when">+{duration(atMs)}</span> {what}
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}
