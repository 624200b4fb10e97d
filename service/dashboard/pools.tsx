/**
 * Pools: what they may do, what they do, and an operator's grip on them.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { PoolStatus } from "../../messages/status.ts";
import type { Voice, WhyPool } from "../../messages/why_pool.ts";
import { useAsked } from "./asked.ts";
import { Badge } from "./badge.tsx";
import { Details, Raw } from "./details.tsx";
import { Figures } from "./figures.tsx";
import { count, duration, words } from "./format.ts";
import { Grip } from "./grip.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { isReadOnly } from "./session.ts";
import { Meter, Table } from "./table.tsx";

/** The view. */
export function PoolsView() {
  const answer = useAsked<{ items: readonly PoolStatus[] }>("pools", 1_000);
  return (
    <View title="Pools">
      <Answer of={answer}>
        {({ items }) =>
          items.map((pool) => <Pool key={pool.name} pool={pool} onDone={answer.again} />)}
      </Answer>
    </View>
  );
}

interface PoolProps {
  readonly pool: PoolStatus;
  readonly onDone: () => void;
}

function Pool({ pool, onDone }: PoolProps) {
  const { name, policy, workers, running, queued, envelope, scaling } = pool;
  const regions = Object.entries(scaling as Record<string, string> ?? {});
  const figures = [
    ["Ready", count(workers.ready)],
    ["Starting", count(workers.starting)],
    ["Draining", count(workers.draining)],
    ["Idle", count(workers.idle)],
    ["Running jobs", count(running)],
    ["Queued jobs", count(queued)],
    ["May have", `${envelope.floor} to ${envelope.cap}`],
  ] as const;
  return (
    <Panel
      class="prose"
      title={`Pool ${name}`}
      tools={regions.map(([region, state]) => (
        <span key={region} class="hint">
          {region} <Badge state={String(state)} />
        </span>
      ))}
    >
      <p class="facts">
        Policy <b>{policy}</b>
      </p>
      <Figures of={figures} />
      {!isReadOnly.value && (
        <Grip name={name} size={workers.ready} operator={pool.operator} onDone={onDone} />
      )}
      <h3>Why it has its size</h3>
      <Why pool={name} />
      <Thresholds of={pool.thresholds} />
      <h3>Starts of workers</h3>
      <Starts of={pool.starts} />
      <details>
        <summary>Restarts, and all else</summary>
        <Details of={pool.restarts as never} />
        <Raw of={pool} />
      </details>
    </Panel>
  );
}

/** Why it has its size: a sentence, and what everybody says now. */
function Why({ pool }: { readonly pool: string }) {
  const answer = useAsked<WhyPool>(`pools/${encodeURIComponent(pool)}/why`);
  return (
    <Answer of={answer}>
      {({ because, voices }) => (
        <>
          <p class="sentence">{because}</p>
          <Table<Voice>
            name="Voices"
            rows={voices}
            keyOf={({ name, because }) => `${name} ${because}`}
            empty=""
            columns={(as) => [
              as.text("Who", ({ name }) => words(name)),
              as.text("", ({ does }) => does),
              as.wide("Why", ({ because }) => because),
            ]}
          />
        </>
      )}
    </Answer>
  );
}

function Thresholds({ of }: { readonly of: PoolStatus["thresholds"] }) {
  if (of.length === 0) return null;
  return (
    <>
      <h3>Thresholds</h3>
      <Table
        name="Thresholds"
        rows={of}
        keyOf={(each) => `${each.of} ${each.name} ${each.measure}`}
        empty=""
        columns={(as) => [
          as.text("Whose", (each) => `${each.of} ${each.name}`),
          as.text("Of", ({ measure }) => measure),
          as.text("Level", ({ level }) => <Badge state={level} />),
          as.number(
            "Used",
            ({ value, warning }) => <Meter ratio={value / warning} text={count(value)} />,
          ),
        ]}
      />
    </>
  );
}

const Starts = ({ of }: { readonly of: PoolStatus["starts"] }) => (
  <Table
    name="Starts"
    rows={of}
    keyOf={({ grant }) => grant}
    empty="No worker was started yet."
    columns={(as) => [
      as.wide("Of", ({ kind, tasks }) => [kind, tasks.join(", ")].join(" ")),
      as.number("Starts", ({ startMs }) => count(startMs.count)),
      as.number("p50", ({ startMs }) => duration(startMs.p50)),
      as.number("p95", ({ startMs }) => duration(startMs.p95)),
      as.number("max", ({ startMs }) => duration(startMs.max)),
    ]}
  />
);
