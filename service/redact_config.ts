/**
 * A configuration that may be shown. Secrets of its own stand in files; what remains is what jobs of
 * schedules are given, and policies of others.
 *
 * @module
 */
import { plain } from "../actors/config_tree.ts";

const mark = "[redacted]";

/** Names whose values are secret; a plain `key` or `keys` is not one, nor is the name of a file. */
const secretName =
  /(token|secret|pass|passwd|password|passphrase|authorization|cookie|credentials?|(api|access|private|secret|signing|encryption)_?-?key)$/i;

/** A copy without the values of variables of jobs, and of fields whose names say that they are secret. */
export function redactConfig(config: unknown): unknown {
  const copy = (node: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(node)) return node.map((item) => copy(item, path));
    if (!plain(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        isSecret([...path, key]) && value !== null ? mark : copy(value, [...path, key]),
      ]),
    );
  };
  return copy(config, []);
}

function isSecret(path: readonly string[]): boolean {
  const [section, , field, own] = path;
  if (section === "schedules" && field === "job" && own === "env") return path.length > 4;
  // Names of operations, limits and the like are chosen freely, and are not fields.
  return path.length > 2 && secretName.test(path.at(-1)!);
}
