/**
 * The page of statecharts as it has to be.
 *
 * @module
 */
import { chartOf } from "../machines/chart/chart.ts";
import { mermaidOf } from "../machines/chart/mermaid.ts";
import { machines } from "../machines/mod.ts";

const parts = Object.entries(machines).map(([name, machine]) => {
  const chart = chartOf(machine);
  return `## ${name}\n\n${chart.root.description}\n\n\`\`\`mermaid\n${mermaidOf(chart)}\`\`\``;
});

/** The page: a chart for each machine. */
export const chartsPage = `# Statecharts

Whatever has a lifetime here is a machine: a worker process, the seat it has in the pool, the size of
the pool, a breaker, a staged run, an alert. They are pure and know no time; deadlines come in as the
event \`elapsed\`. What is not drawn is ignored by name, so no event is ever lost by mistake.

Watch them live at \`/inspect/\`. This page is written by \`UPDATE=1 deno test -A tests/charts_test.ts\`
from \`machines/\`; \`flyball machines export NAME --mermaid\` prints one of the charts, \`--dot\` for
Graphviz, \`--stately\` for the import of Stately Studio. \`flyball machines matrix\` prints what the
regions of \`scaling\` together allow.

${parts.join("\n\n")}
`;
