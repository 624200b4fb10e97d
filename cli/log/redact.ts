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

/** Some of these is in each text that anything is taken out of; whatever has none is written as it is. */
const hints = [
  ...["token", "secret", "pass", "authorization", "cookie", "credential", "key", "bearer", "://"],
];

/** Writes a record as JSON without what is secret. */
export function redactor(secrets: Secrets): (record: object) => string {
  const { known, write } = careful(secrets);
  // Letters of which there are more than two cases are not looked for in whole lines.
  if (secrets.names.some((name) => /[^ -~]/.test(name))) return write;
  const words = [...hints, ...secrets.names, ...known].map((word) => inJson(word));
  const hint = new RegExp(words.map(RegExp.escape).join("|"), "i");
  // To look for hints once takes a quarter of looking at each field, and few lines have any.
  return (record) => {
    const text = JSON.stringify(record);
    return hint.test(text) ? write(record) : text;
  };
}

/** As it stands within a text that was written as JSON. */
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** Looks at each field; `known` are the values that are taken out wherever they occur. */
function careful({ names, env, values }: Secrets) {
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
  const write = (record: object) =>
    JSON.stringify(record, (name, value) => {
      if (typeof value === "string") return isSecret(name) ? mark : scrub(value);
      return isSecret(name) && value !== null && typeof value !== "boolean" ? mark : value;
    });
  return { known, write };
}
