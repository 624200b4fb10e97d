/**
 * Decisions, the latest first.
 *
 * @module
 */
import { h } from "preact";
import type { Decision } from "../../messages/decision.ts";
import { useAsked } from "./asked.ts";
import { Badge, Instant } from "./badge.tsx";
import { explain } from "./explanation.tsx";
import { Answer, Panel, View } from "./panel.tsx";
import { Table } from "./table.tsx";

/** Opens the record of one. */
const open = ({ id, decidedAt, pool, because, adopted, envelope }: Decision) =>
  explain([{
    type: "decided",
    at: decidedAt,
    decision: id,
    ...{ pool, because, adopted, floor: envelope.floor, cap: envelope.cap },
  }]);

/** The view. */
export function DecisionsView() {
  const answer = useAsked<{ items: readonly Decision[] }>("decisions?limit=100", 3_000);
  return (
    <View title="Decisions" lead="What the pool may do, from when on, and why.">
      <Panel title="The latest hundred">
        <Answer of={answer}>
          {({ items }) => (
            <Table
              name="Decisions"
              rows={items.toSorted((a, b) => b.id - a.id)}
              keyOf={({ id }) => String(id)}
              empty="Nothing was decided yet."
              columns={(as) => [
                as.text("Id", (each) => (
                  <button
                    type="button"
                    aria-label={`Open ${each.id}`}
                    onClick={() => open(each)}
                  >
                    {each.id}
                  </button>
                )),
                as.text("When", ({ decidedAt }) => <Instant at={decidedAt} />),
                as.text("Pool", ({ pool }) => pool),
                as.text("By", ({ winner }) => winner),
                as.number("Floor", ({ envelope }) => envelope.floor),
                as.number("Cap", ({ envelope }) => envelope.cap),
                as.number("Queued", ({ reading }) => reading.queued),
                as.text(
                  "",
                  ({ adopted, blockedBy }) =>
                    adopted ? "" : <Badge state={`refused by ${blockedBy}`} tone="bad" />,
                ),
                as.wide("Why", ({ because }) => <span title={because}>{because}</span>),
              ]}
            />
          )}
        </Answer>
      </Panel>
    </View>
  );
}
