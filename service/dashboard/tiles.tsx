/**
 * The first row: what an operator asks before scrolling.
 *
 * @module
 */
import { type ComponentChildren, Fragment, h } from "preact";
import type { Overview } from "../../messages/overview.ts";
import { overview } from "./feed.ts";
import { count, duration } from "./format.ts";
import { hrefOf } from "./route.ts";

interface TileProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly href: string;
  readonly tone?: string;
}

function Tile({ name, value, note, href, tone = "" }: TileProps) {
  return (
    <a class={`tile ${tone}`} href={href}>
      <span class="name">{name}</span>
      <span class="value">{value}</span>
      <span class="note">{note ?? " "}</span>
    </a>
  );
}

/** Good, to be watched, or bad: by the words of the verdict. */
export function toneOf(verdict: string): string {
  if (/^(idle|keeps up)(?!.*brownout)/.test(verdict)) return "good";
  return /^(idle|keeps up|limited|catching up|paused)/.test(verdict) ? "warn" : "bad";
}

const total = ({ ended }: Overview): number =>
  Object.values(ended).reduce((sum, jobs) => sum + jobs, 0);

/** Pending, oldest wait, running and size, failures, the verdict. */
export function Tiles() {
  const now = overview.value;
  if (now === null) return <div class="tiles" aria-busy="true" />;
  const { pending, scheduled, oldestWaitMs, running, size, failedLastMinute, pools } = now;
  const starting = pools.reduce((sum, { workers }) => sum + workers.starting, 0);
  const cap = pools.reduce((sum, pool) => sum + pool.cap, 0);
  return (
    <div class="tiles">
      <Tile
        name="Pending"
        value={count(pending)}
        note={scheduled > 0 ? `${count(scheduled)} scheduled` : "jobs that wait"}
        href={hrefOf("jobs", null, { state: "waiting" })}
      />
      <Tile
        name="Oldest wait"
        value={duration(oldestWaitMs)}
        note={now.waitMs.p95 === null
          ? pending > 0 ? "none has begun lately" : "nothing waits"
          : `p95 lately ${duration(now.waitMs.p95)}`}
        href={hrefOf("diagnosis")}
      />
      <Tile
        name="Running / workers"
        value={
          <>
            {count(running)} <small>/ {count(size)}</small>
          </>
        }
        note={starting > 0 ? `${starting} starting, at most ${cap}` : `at most ${cap} workers`}
        href={hrefOf("pools")}
      />
      <Tile
        name="Failures"
        value={count(failedLastMinute)}
        note={`in the last minute, of ${count(total(now))} ended`}
        href={hrefOf("jobs", null, { state: "failed" })}
        tone={failedLastMinute > 0 ? "bad" : ""}
      />
      <a class={`tile verdict ${toneOf(now.verdict)}`} href={hrefOf("diagnosis")}>
        <span class="name">Verdict</span>
        <span class="words" role="status">{now.verdict}</span>
        <span class="note">
          {now.incidents > 0
            ? `${now.incidents} open ${now.incidents === 1 ? "alert" : "alerts"}`
            : "no open alerts"}
          {now.breakers > 0 && `, ${now.breakers} ${now.breakers === 1 ? "breaker" : "breakers"}`}
        </span>
      </a>
    </div>
  );
}
