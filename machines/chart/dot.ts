/**
 * A chart in the language of Graphviz. Ids and classes are in the picture too, so that a page can
 * light up states.
 *
 * @module
 */
import { type Arrow, type Chart, innermost, type State, statesOf } from "./chart.ts";

/** Words of a description in one line of the picture, characters. */
const lineChars = 28;

/** Writes a chart as DOT. */
export function dotOf({ root, arrows }: Chart): string {
  const byId = new Map(statesOf(root).map((state) => [state.id, state]));
  const lines = [
    `digraph ${quoted(root.id)} {`,
    // Regions are drawn one below the other.
    `  compound=true; rankdir=${
      root.type === "parallel" ? "LR" : "TB"
    }; bgcolor=transparent; nodesep=0.35; ranksep=0.45;`,
    '  fontname="Helvetica"; fontsize=15; labeljust=l;',
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", ' +
    'fontsize=15, margin="0.14,0.08", class=state];',
    '  edge [fontname="Helvetica", fontsize=12.5, arrowsize=0.7, class=arrow];',
    ...inside(root, "  "),
    ...bundled(arrows).map((arrow) => `  ${edge(arrow, byId)}`),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

/** The states inside one, and where it begins. */
function inside(state: State, indent: string): readonly string[] {
  // What comes first in a row of regions is drawn last.
  const order = state.type === "parallel" ? state.states.toReversed() : state.states;
  const lines = order.flatMap((child) => drawn(child, indent));
  const first = state.states.find(({ id }) => id === state.initial);
  if (!first) return lines;
  const start = quoted(`${state.id}.`);
  return [
    ...lines,
    `${indent}${start} [shape=point, width=0.1, label="", fillcolor=black, class=start];`,
    `${indent}${start} -> ${quoted(innermost(first).id)}${ends(null, first)};`,
  ];
}

function drawn(state: State, indent: string): readonly string[] {
  const id = quoted(state.id);
  if (state.states.length === 0) {
    const rings = state.type === "final" ? ", peripheries=2" : "";
    return [`${indent}${id} [id=${id}, label=${label(state)}${rings}];`];
  }
  return [
    `${indent}subgraph ${quoted(`cluster_${state.id}`)} {`,
    `${indent}  id=${id}; class=region; label=${quoted(state.key)}; style=rounded; margin=12;`,
    ...inside(state, `${indent}  `),
    `${indent}}`,
  ];
}

/** Name and meaning of a state. */
function label({ key, description }: State): string {
  const small = wrapped(description).map((line) => escaped(line)).join("<br/>");
  return small === ""
    ? `<<b>${escaped(key)}</b>>`
    : `<<b>${escaped(key)}</b><br/><font point-size="12">${small}</font>>`;
}

/** Arrows between the same two states for the same event are one. */
function bundled(arrows: readonly Arrow[]): readonly (readonly [Arrow, string])[] {
  const all = new Map<string, [Arrow, string[]]>();
  for (const arrow of arrows) {
    if (arrow.stays) continue;
    const name = `${arrow.from} ${arrow.to}`;
    const text = arrow.guard === null ? arrow.event : `${arrow.event} [${arrow.guard}]`;
    const seen = all.get(name);
    if (seen) seen[1].push(text);
    else all.set(name, [arrow, [text]]);
  }
  return [...all.values()].map(([arrow, texts]) => [arrow, [...new Set(texts)].join("\n")]);
}

function edge([{ from, to }, text]: readonly [Arrow, string], byId: Map<string, State>): string {
  const [source, target] = [byId.get(from)!, byId.get(to)!];
  const [tail, head] = [innermost(source), innermost(target)];
  const id = quoted(`${from} ${to}`);
  const lines = text.split("\n").map((line) => ` ${line}\\l`).join("");
  return `${quoted(tail.id)} -> ${quoted(head.id)} [id=${id}, label="${lines}"` +
    `${ends(source, target, ", ")}];`;
}

/** An arrow from or to a state with others in it ends at its border. */
function ends(source: State | null, target: State, before = ""): string {
  const cut = [
    ...(source && source.states.length > 0 ? [`ltail=${quoted(`cluster_${source.id}`)}`] : []),
    ...(target.states.length > 0 ? [`lhead=${quoted(`cluster_${target.id}`)}`] : []),
  ].join(", ");
  if (cut === "") return "";
  return before === "" ? ` [${cut}]` : `${before}${cut}`;
}

/** A text in lines of at most so many characters, where its words allow it. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < lineChars) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else if (word !== "") lines.push(word);
  }
  return lines;
}

const quoted = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
