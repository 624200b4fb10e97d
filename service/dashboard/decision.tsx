/**
 * One decision with all that led to it.
 *
 * @module
 */
import type { Candidate, Decision, Envelope } from "../../messages/decision.ts";
import { Badge, Instant } from "./badge.tsx";
import { Details, Raw } from "./details.tsx";
import { byName, count, duration, unknown, words } from "./format.ts";
import { Table } from "./table.tsx";

/** What stands in a place of its own; whatever else a record has is shown as it is. */
const placed = [
  ...["id", "atMs", "decidedAt", "pool", "reading", "candidates", "starts", "vetoes", "winner"],
  ...["envelope", "before", "adopted", "blockedBy", "because"],
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
      <h3>What it allows</h3>
      <Change before={decision.before} after={decision.envelope} />
      <h3>What was proposed</h3>
      <Candidates of={decision.candidates} winner={winner} />
      {decision.vetoes.length > 0 && (
        <>
          <h3>What narrowed it</h3>
          <Candidates of={decision.vetoes} winner={winner} />
        </>
      )}
      {rest.length > 0 && (
        <>
          <h3>What came of it</h3>
          <Details of={decision as never} without={placed} />
        </>
      )}
      <h3>What was seen</h3>
      <Details of={decision.reading as never} without={["nowMs"]} />
      <Raw of={decision} />
    </article>
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

interface CandidatesProps {
  readonly of: readonly Candidate[];
  readonly winner: string;
}

function Candidates({ of, winner }: CandidatesProps) {
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
        as.wide("Why", ({ proposal }) => proposal.because),
      ]}
    />
  );
}
