/**
 * An operator's grip on a pool, for a while or until somebody says otherwise.
 *
 * @module
 */
import { h } from "preact";
import { useState } from "preact/hooks";
import type { OperatorStatus } from "../../messages/status.ts";
import { send } from "./api.ts";
import { clock } from "./format.ts";
import { attempt } from "./job_actions.tsx";

/** What can be said: in words, and as the API takes it. */
const wishes = {
  pin: ["keep a size", {}],
  pause: ["begin no jobs", { paused: true }],
  out: ["do not grow", { paused: "out" }],
  in: ["do not shrink", { paused: "in" }],
  both: ["keep this size", { paused: "both" }],
  drain: ["begin no jobs and let workers go", { drained: true }],
} as const;

type Wish = keyof typeof wishes;

interface GripProps {
  readonly name: string;
  readonly size: number;
  readonly operator: OperatorStatus;
  readonly onDone: () => void;
}

/** Says one thing to the pool, or gives it back to its policy. */
export function Grip({ name, size, operator, onDone }: GripProps) {
  const [wish, setWish] = useState<Wish>("pin");
  const patch = async (body: object, done: string) => {
    const path = `pools/${encodeURIComponent(name)}`;
    if (await attempt(() => send("PATCH", path, body), `Pool ${name} ${done}`)) onDone();
  };
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const length = String(fields.get("for")).trim();
    const [words, body] = wishes[wish];
    const pinned = wish === "pin" && { pinned: Number(fields.get("workers")) };
    void patch({ ...body, ...pinned, ...(length && { for: length }) }, `is told: ${words}`);
  };
  return (
    <form class="filters grip" onSubmit={apply} aria-label={`Grip on pool ${name}`}>
      <label>
        Tell it to
        <select value={wish} onChange={(e) => setWish(e.currentTarget.value as Wish)}>
          {Object.entries(wishes).map(([key, [words]]) => (
            <option key={key} value={key}>{words}</option>
          ))}
        </select>
      </label>
      {wish === "pin" && (
        <label>
          of
          <input
            name="workers"
            type="number"
            min={0}
            max={10_000}
            defaultValue={`${size}`}
            required
          />
          workers
        </label>
      )}
      <label>
        for
        <input name="for" placeholder="10m; or until told" title="10m, 2h; empty: until told" />
      </label>
      <button type="submit">Apply</button>
      {operator.state !== "auto" && (
        <button
          type="button"
          class="primary"
          onClick={() => patch({ pinned: false }, "is its policy's again")}
        >
          Back to the policy
        </button>
      )}
      <span class="hint">{saidOf(operator)}</span>
    </form>
  );
}

function saidOf({ state, workers, until }: OperatorStatus): string {
  if (state === "auto") return "";
  return `${state}${workers === null ? "" : ` ${workers}`}, ${
    until ? `until ${clock(until)}` : "until told"
  }`;
}
