/**
 * A chart in the language of Mermaid, as GitHub draws it.
 *
 * @module
 */
import type { Chart, State } from "./chart.ts";

/** Writes a chart as a Mermaid state diagram. */
export function mermaidOf({ root, arrows }: Chart): string {
  const lines = [
    "stateDiagram-v2",
    // Regions are told apart inside a state alone.
    ...(root.type === "parallel" ? drawn(root, "  ") : inside(root, "  ")),
    ...arrows.filter(({ stays }) => !stays).map(({ from, to, event, guard }) =>
      `  ${named(from)} --> ${named(to)} : ${guard === null ? event : `${event} [${guard}]`}`
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function inside(state: State, indent: string): readonly string[] {
  const between = state.type === "parallel" ? [`${indent}--`] : [];
  const lines = state.states.flatMap((child, i) => [
    ...(i > 0 ? between : []),
    ...drawn(child, indent),
  ]);
  return state.initial === null ? lines : [`${indent}[*] --> ${named(state.initial)}`, ...lines];
}

function drawn(state: State, indent: string): readonly string[] {
  const { id, key, description, type, states } = state;
  if (states.length > 0) {
    return [
      `${indent}state "${key}" as ${named(id)} {`,
      ...inside(state, `${indent}  `),
      `${indent}}`,
    ];
  }
  return [
    `${indent}state "${key}" as ${named(id)}`,
    ...(description === "" ? [] : [`${indent}${named(id)} : ${description.replace(": ", " — ")}`]),
    ...(type === "final" ? [`${indent}${named(id)} --> [*]`] : []),
  ];
}

/** Mermaid's names are words. */
const named = (id: string) => id.replaceAll(/\W/g, "_");
