/**
 * A value made fit to be shown: no secrets, no functions, bounded in depth and size.
 *
 * @module
 */

/** Names whose values are never shown. */
const secret = /(token|secret|pass|password|authorization|cookie|key)$/i;

const depthMax = 8;
const entriesMax = 100;
const valuesMax = 2_000;
const textMax = 2_000;

/** Copies `value` for display; what is left out leaves a mark. */
export function sanitize(value: unknown): unknown {
  let values = 0;
  const copy = (node: unknown, depth: number): unknown => {
    if (++values > valuesMax) return "[more]";
    switch (typeof node) {
      case "string":
        return node.length > textMax ? `${node.slice(0, textMax).toWellFormed()}…` : node;
      case "bigint":
        return String(node);
      case "function":
      case "symbol":
      case "undefined":
        return undefined;
      case "object":
        return node === null ? null : copyObject(node, depth);
      default:
        return node;
    }
  };
  const copyObject = (node: object, depth: number): unknown => {
    if ("toJSON" in node && typeof node.toJSON === "function") {
      const shown: unknown = node.toJSON();
      if (typeof shown !== "object" || shown === null) return copy(shown, depth);
      node = shown;
    }
    if (node instanceof Error) return { name: node.name, message: copy(node.message, depth) };
    if (depth >= depthMax) return "[deeper]";
    if (Array.isArray(node)) return node.slice(0, entriesMax).map((item) => copy(item, depth + 1));
    const entries = Object.entries(node).slice(0, entriesMax);
    return Object.fromEntries(entries.map(([name, item]) => [
      name,
      secret.test(name) && item !== null && item !== undefined
        ? "[redacted]"
        : copy(item, depth + 1),
    ]));
  };
  return copy(value, 0);
}
