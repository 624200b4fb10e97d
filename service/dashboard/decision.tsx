/**
 * One decision with all that led to it.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { Alternative, Candidate, Decision, Envelope } from "../../messages/decision.ts";
import { Badge, Instant } from "./badge.tsx";
import { Details, Raw } from "./details.tsx";
import { byName, count, duration, money, unknown, words } from "./format.ts";
import { Table } from "./table.tsx";

/** What stands in a place of its own; whatever else a record has is shown as it is. */
const placed = [
  ...["id", "atMs", "decidedAt", "pool", "reading", "candidates", "starts", "vetoes", "winner"],
  ...["envelope", "before", "adopted", "blockedBy", "because", "alternatives", "cost", "verdict"],
  "prospects",
];

/** The record. */
export function DecisionRecord({ decision }: { readonly decision: Decision }) {
  const { id, decidedAt, pool, winner, adopted, blockedBy, because } = decision;
  const rest = Object.keys(decision).filter((name) => !placed.includes(name));
  return (
    <article class="decision">
      <p class="sentence">{because}</p>
      <p class="facts">
        Decision <b>{id}</b> of pool <b>{pool}</b> at <Instant at={decidedAt} />, by <b>{winner}</b>
        {" "}
        <Badge
          state={adopted ? "adopted" : `refused by ${blockedBy}`}
          tone={adopted ? "good" : "bad"}
        />
      </p>
      <Cost of={decision.cost} />
      <What of={decision.verdict} />
      <h3>What it allows</h3>
      <Change before={decision.before} after={decision.envelope} />
      <h3>What was proposed</h3>
      <Candidates of={decision.candidates} kind="alone" decision={decision} />
      {decision.vetoes.length > 0 && (
        <>
          <h3>What narrowed it</h3>
          <Candidates of={decision.vetoes} kind="without" decision={decision} />
        </>
      )}
      <Prospects of={decision} />
      {rest.length > 0 && (
        <>
          <h3>Besides</h3>
          <Details of={decision as never} without={placed} />
        </>
      )}
      <h3>What was seen</h3>
      <Details of={decision.reading as never} without={["nowMs", "wallMs"]} />
      <Raw of={decision} />
    </article>
  );
}

/** What other sizes would cost, and what jobs would wait; nothing where nobody knows. */
function Prospects({ of: { prospects = [], cost, reading } }: { readonly of: Decision }) {
  const known = prospects.filter(({ waitMs }) => waitMs !== null);
  if (known.length === 0) return null;
  const present = reading.workers + reading.starting;
  return (
    <>
      <h3>What other sizes would have cost and brought</h3>
      <Table
        name="Sizes"
        rows={known}
        keyOf={({ workers }) => String(workers)}
        empty=""
        classOf={({ workers }) => workers === present ? "changed" : ""}
        columns={(as) => [
          as.number("Workers", ({ workers }) => count(workers)),
          as.number("Expected wait", ({ waitMs }) => duration(waitMs!)),
          as.number("Worker-seconds an hour", ({ workerSeconds }) => count(workerSeconds)),
          as.number("An hour", ({ money: price }) =>
            price === null ? unknown : money(price, cost.money?.currency ?? "")),
        ]}
      />
    </>
  );
}

const rows = [
  ["floor", "Workers at least"],
  ["cap", "Workers at most"],
  ["runningMax", "Running jobs at most"],
  ["commandsMax", "Running commands at most"],
  ["spares", "Spare workers"],
  ["keepAliveMs", "Idle workers are kept"],
] as const;

const start = ({ spawn }: Envelope): string =>
  spawn === null
    ? "never"
    : `${duration(spawn.lagMs)}${
      spawn.backlogMs === undefined ? "" : `, or queued for ${duration(spawn.backlogMs)}`
    }`;

function Change({ before, after }: { readonly before: Envelope; readonly after: Envelope }) {
  const value = (envelope: Envelope, name: typeof rows[number][0]) =>
    envelope[name] === null ? "no limit" : byName(name, envelope[name] ?? 0);
  const shown = [
    ...rows.map(([name, head]) => [head, value(before, name), value(after, name)] as const),
    ["Start one when the head has waited", start(before), start(after)] as const,
  ];
  return (
    <Table
      name="The envelope before and after"
      rows={shown}
      keyOf={([head]) => head}
      empty=""
      classOf={([, old, now]) => old === now ? "" : "changed"}
      columns={(as) => [
        as.wide("", ([head]) => head),
        as.number("Before", ([, old]) => old),
        as.number("Then", ([, , now]) => now),
      ]}
    />
  );
}

/** What it adds to the cost of the pool. */
function Cost({ of: { workerSeconds, money: price } }: { readonly of: Decision["cost"] }) {
  if (workerSeconds === 0) return null;
  const text = `${workerSeconds > 0 ? "+" : ""}${count(workerSeconds)} worker-seconds an hour`;
  return <p class="facts">{text}{price && `, ${money(price.now, price.currency)}`}</p>;
}

/** What came of it. */
function What({ of }: { readonly of: Decision["verdict"] }) {
  if (of === null) return null;
  const { verdict, because, before, after } = of;
  const effects = before && after && Object.keys(after) as (keyof typeof after)[];
  return (
    <>
      <h3>
        What came of it <Badge state={verdict} />
      </h3>
      <p>{because}</p>
      {effects && (
        <Table
          name="The pool before and after"
          rows={effects}
          keyOf={(name) => name}
          empty=""
          columns={(as) => [
            as.wide("", words),
            as.number("Before", (name) => byName(name, before[name])),
            as.number("After", (name) => byName(name, after[name])),
          ]}
        />
      )}
    </>
  );
}

interface CandidatesProps {
  readonly of: readonly Candidate[];
  readonly kind: Alternative["kind"];
  readonly decision: Decision;
}

const other = { alone: "Alone", without: "Without it" } as const;

/** Who said what, and what would have come of it alone, or of the others without it. */
function Candidates({ of, kind, decision: { alternatives, winner } }: CandidatesProps) {
  const otherwise = ({ policy }: Candidate): string => {
    const found = alternatives.find((each) => each.kind === kind && each.policy === policy);
    return found ? `${found.envelope.floor} to ${found.envelope.cap}` : unknown;
  };
  return (
    <Table
      name="Proposals"
      rows={of}
      keyOf={({ policy, proposal }) => `${policy} ${proposal.because}`}
      empty="Nothing was proposed."
      classOf={({ policy }) => policy === winner ? "changed" : ""}
      columns={(as) => [
        as.text("Who", ({ policy }) => words(policy)),
        as.number("Floor", ({ proposal }) => count(proposal.floor)),
        as.number("Cap", ({ proposal }) => proposal.cap ?? unknown),
        as.number(other[kind], otherwise),
        as.wide("Why", ({ proposal, failed }) => failed ?? proposal.because),
      ]}
    />
  );
}
