/**
 * The whole record behind a mark.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Decision } from "../../messages/decision.ts";
import type { Mark } from "../../messages/overview.ts";
import { useAsked } from "./asked.ts";
import { DecisionRecord } from "./decision.tsx";
import { Dialog } from "./dialog.tsx";
import { clock } from "./format.ts";
import { says } from "./marks.ts";
import { Answer } from "./panel.tsx";

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

/** The record; it has its verdict a while after it was decided. */
function Found({ id }: { readonly id: number }) {
  const answer = useAsked<Decision>(`decisions/${id}`, 5_000);
  return <Answer of={answer}>{(decision) => <DecisionRecord decision={decision} />}</Answer>;
}
