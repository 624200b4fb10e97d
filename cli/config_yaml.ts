/**
 * A configuration in YAML or JSON, with the line and column of everything in it.
 *
 * @module
 */
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { type ConfigSource, invalidConfig } from "../actors/config.ts";
import type { Refusal } from "../actors/runtime.ts";

/** Reads a configuration from `text`; `name` says where it stands and, by its end, if it is JSON. */
export function parseConfig(name: string, text: string): ConfigSource {
  const json = name.endsWith(".json");
  const lines = new LineCounter();
  const document = parse(name, text, json, lines);
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const faults = document.errors.map(({ pos, message }) => `${at(pos[0])} ${firstLine(message)}`);
  if (json && faults.length === 0) faults.push(...jsonFaults(name, text));
  if (faults.length > 0) throw invalidConfig(faults.map((message) => ({ pointer: "", message })));
  return {
    name,
    values: values(name, document),
    at: (path, part) => {
      const offset = offsetOf(document, path, part === "key");
      return offset === null ? null : at(offset);
    },
  };
}

function parse(name: string, text: string, json: boolean, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      logLevel: "silent",
      ...(json ? { schema: "json" as const } : {}),
    });
  } catch (error) {
    throw fault(`${name} cannot be read: ${firstLine((error as Error).message)}`);
  }
}

function values(name: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw fault(`${name} cannot be read: ${firstLine((error as Error).message)}`);
  }
}

/** What YAML lets pass and JSON does not, such as a comma after the last item. */
function jsonFaults(name: string, text: string): string[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    const message = firstLine((error as Error).message);
    const place = / in JSON at position \d+ \(line (\d+) column (\d+)\)/.exec(message);
    if (place === null) return [`${name}:1:1 ${message}`];
    return [`${name}:${place[1]}:${place[2]} ${message.replace(place[0], "")}`];
  }
}

/** Where the value at `path` begins, or its key where that is meant or the value has no place. */
function offsetOf(
  document: Document,
  path: readonly PropertyKey[],
  isKey: boolean,
): number | null {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const [i, key] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && name.value === key);
      if (pair === undefined) return offset;
      const value = isKey && i === path.length - 1 ? null : start(pair.value);
      offset = value ?? start(pair.key) ?? offset;
      node = pair.value;
    } else {
      return offset;
    }
  }
  return offset;
}

function start(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}

function fault(message: string): Refusal {
  return invalidConfig([{ pointer: "", message }]);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}
