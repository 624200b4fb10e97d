/**
 * Secrets are kept out of the log: by the names of fields, by how they are written in texts, and by
 * the values that this process knows to be secret.
 *
 * @module
 */

const mark = "[redacted]";

/** Names whose values are secret; a plain `key` or `keys` is not one. */
const secretName =
  /(token|secret|pass|passwd|password|passphrase|authorization|cookie|credentials?|(api|access|private|secret|signing|encryption)_?-?key)$/i;

/** Secrets as they stand in texts: `password=x`, `Authorization: Bearer x`, `https://me:x@host`. */
const assigned =
  /((?:token|secret|passw(?:or)?d|authorization|cookie|(?:api|access|private)[_-]?key)["']?\s*[=:]\s*["']?)(?:(?:Bearer|Basic)\s+)?[^\s"',;&]+/gi;
const bearer = /\b(Bearer\s+)[\w.~+/=-]{8,}/gi;
const inUrl = /(:\/\/[^\s:/@]*:)[^\s:/@]+(?=@)/g;

/** Shorter values occur by chance. */
const valueLeast = 8;

/** What is secret besides what everybody's is. */
export interface Secrets {
  /** Names of fields and variables. */
  readonly names: readonly string[];
  /** Environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Values, such as the token that callers show. */
  readonly values: readonly string[];
}

/** Writes a record as JSON without what is secret. */
export function redactor({ names, env, values }: Secrets): (record: object) => string {
  const own = new Set(names.map((name) => name.toLowerCase()));
  const isSecret = (name: string) => secretName.test(name) || own.has(name.toLowerCase());
  const ofEnv = Object.entries(env).flatMap(([name, value]) => isSecret(name) ? [value] : []);
  const known = [...values, ...ofEnv].filter(({ length }) => length >= valueLeast)
    .toSorted((a, b) => b.length - a.length);
  const pattern = known.length === 0 ? null : new RegExp(known.map(RegExp.escape).join("|"), "g");
  const scrub = (text: string) => {
    const plain = pattern === null ? text : text.replace(pattern, mark);
    return plain.replace(assigned, `$1${mark}`).replace(bearer, `$1${mark}`)
      .replace(inUrl, `$1${mark}`);
  };
  return (record) =>
    JSON.stringify(record, (name, value) => {
      if (typeof value === "string") return isSecret(name) ? mark : scrub(value);
      return isSecret(name) && value !== null && typeof value !== "boolean" ? mark : value;
    });
}
