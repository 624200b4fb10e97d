/**
 * The length of a value as JSON, without writing it.
 *
 * @module
 */

/** What is longer in bytes than in characters. */
const wide = /[\u0080-\uffff]/;
/** What stands in a JSON string as it is: printable ASCII but for `"` and `\`. */
const plain = /^[ !#-\[\]-~]*$/;
const encoder = new TextEncoder();

/** Bytes of a text as UTF-8. */
export const textBytes = (text: string): number =>
  wide.test(text) ? encoder.encode(text).length : text.length;

/** Bytes of a value that was JSON, as JSON without spaces; `undefined` has none. */
export function jsonBytes(value: unknown): number {
  if (typeof value !== "object" || value === null) return scalarBytes(value);
  let bytes = 0;
  // No recursion: how deep it is was not for us to say.
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const isArray = Array.isArray(next);
    let parts = 0;
    for (const key in next) {
      const part = (next as Record<string, unknown>)[key];
      parts++;
      if (!isArray) bytes += scalarBytes(key) + 1;
      if (typeof part === "object" && part !== null) open.push(part);
      else bytes += scalarBytes(part);
    }
    bytes += Math.max(2, parts + 1);
  }
  return bytes;
}

function scalarBytes(value: unknown): number {
  switch (typeof value) {
    case "string":
      return plain.test(value) ? value.length + 2 : textBytes(JSON.stringify(value));
    case "number":
      return String(value).length;
    case "undefined":
      return 0;
    default:
      return value === false ? 5 : 4;
  }
}
