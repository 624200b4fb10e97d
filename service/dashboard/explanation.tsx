/**
 * The whole record behind a mark.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Decision } from "../../messages/decision.ts";
import type { Mark } from "../../messages/overview.ts";
import { useAsked } from "./asked.ts";
import { DecisionRecord } from "./decision.tsx";
import { Dialog } from "./dialog.tsx";
import { overview } from "./feed.ts";
import { clock } from "./format.ts";
import { says } from "./marks.ts";
import { Answer, Empty } from "./panel.tsx";

/** Decisions that are looked through at most. */
const limit = 200;

const explained = signal<readonly Mark[]>([]);

/** Opens the explanation of some marks, the last of them first. */
export const explain = (marks: readonly Mark[]): void => {
  explained.value = marks;
};

/** The explanation, where one is open. */
export function Explanation() {
  const marks = explained.value;
  if (marks.length === 0) return null;
  return (
    <Dialog
      title="Why the pool has this size"
      isSheet
      onClose={() => explained.value = []}
    >
      <Marks marks={marks} />
    </Dialog>
  );
}

function Marks({ marks }: { readonly marks: readonly Mark[] }) {
  const [mark, setMark] = useState(marks.at(-1)!);
  useEffect(() => setMark(marks.at(-1)!), [marks]);
  return (
    <>
      {marks.length > 1 && (
        <ol class="picker" aria-label="Marks at this place">
          {marks.map((each, i) => (
            <li key={i}>
              <button type="button" aria-pressed={each === mark} onClick={() => setMark(each)}>
                <span class="when">{clock(each.at)}</span> {says(each)}
              </button>
            </li>
          ))}
        </ol>
      )}
      {mark.type === "resized" && (
        <p class="sentence">
          At {clock(mark.at)} pool <b>{mark.pool}</b> {mark.to > mark.from ? "grew" : "shrank"} from
          {" "}
          <b>{mark.from}</b> to <b>{mark.to}</b> workers: {mark.because}. Decision {mark.decision}
          {" "}
          allowed it:
        </p>
      )}
      <Found id={mark.decision} key={mark.decision} />
    </>
  );
}

/** Looks the decision up among the latest. */
function Found({ id }: { readonly id: number }) {
  const answer = useAsked<{ items: readonly Decision[] }>(`decisions?limit=${limit}`, 0);
  return (
    <Answer of={answer}>
      {({ items }) => {
        const decision = items.find((each) => each.id === id);
        if (decision) return <DecisionRecord decision={decision} />;
        const isOld = overview.value !== null && id < (items[0]?.id ?? Infinity);
        return (
          <Empty>
            {isOld
              ? `Decision ${id} is no longer among the latest.`
              : `There is no decision ${id}.`}
          </Empty>
        );
      }}
    </Answer>
  );
}
