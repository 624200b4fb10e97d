/**
 * The latest changes of size in words, each leading to the whole record.
 *
 * @module
 */
import { h } from "preact";
import { explain } from "./explanation.tsx";
import { marks } from "./feed.ts";
import { clock } from "./format.ts";
import { wayOf } from "./marks.ts";
import { Empty, Panel } from "./panel.tsx";
import { hrefOf } from "./route.ts";

const most = 6;

/** The latest ones first. */
export function LatestMarks() {
  const latest = marks.value.filter(({ type }) => type === "resized").slice(-most).toReversed();
  return (
    <Panel
      title="Why the pool has its size"
      tools={<a href={hrefOf("decisions")}>All decisions</a>}
    >
      {latest.length === 0 && (
        <Empty>
          The size has not changed since the service was started.
        </Empty>
      )}
      <ul class="events">
        {latest.map((mark) => (
          <li key={`${mark.at} ${mark.decision}`}>
            <button type="button" onClick={() => explain([mark])}>
              <i class={`mark ${wayOf([mark])}`}>{wayOf([mark]) === "up" ? "▲" : "▼"}</i>
              <span class="what">
                {mark.type === "resized" && <b>{mark.from} → {mark.to} workers</b>} {mark.because}
              </span>
              <span class="when">{clock(mark.at)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
