/**
 * The page about what may be done with a pool's size, written from the machine.
 *
 * @module
 */
import { decisionMatrix } from "../machines/decision_matrix.ts";
import { says } from "../machines/may.ts";
import { machines } from "../machines/mod.ts";

const cell = (text: string) => text.replaceAll("|", "\\|");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const matters = (rights: { readonly grow: boolean; readonly shrink: boolean }) =>
  rights.grow && rights.shrink
    ? "any change"
    : rights.grow
    ? "growth alone"
    : rights.shrink
    ? "shrinking alone"
    : "no change";

const regions = Object.entries(says).flatMap(([region, states]) =>
  Object.entries(states).map(([state, rights]) => {
    const nodes = machines.scaling.states as unknown as Record<
      string,
      { readonly states: Record<string, { readonly description?: string }> }
    >;
    const means = nodes[region]!.states[state]!.description ?? "";
    return [`\`${region}\``, `\`${state}\``, means, matters(rights)];
  })
);

const words = { adopt: "any change", grow: "growth", shrink: "shrinking", hold: "no change" };

const rows = decisionMatrix().map(({ action, because, ...value }) => [
  ...Object.values(value),
  words[action],
  because,
]);

/** The text of `docs/decision_matrix.md`. */
export const decisionMatrixPage = `# The decision matrix

Policies propose how many workers a pool may have; the scaling machine (\`machines/scaling.ts\`) lets
them or does not. Its five regions each allow something, and a change needs the consent of all, with
two exceptions: an emergency does not wait for a cooldown, and the senses do not object to what the
configuration wants while nothing is seen
([\`fallback\`](supervision.md#a-host-that-cant-be-seen)). Inside what was allowed the pool moves by
itself. \`decisionMatrix()\` has this table as data, \`flyball why\` names who objects now.

This page is written from the machine by \`UPDATE=1 deno test -A tests/decision_matrix_test.ts\`; a
test fails when the two differ.

## What each state allows by itself

${table(["region", "state", "it means", "it allows"], regions)}

## All ${rows.length} of them together

${table([...Object.keys(says), "allowed", "because"], rows)}
`;
