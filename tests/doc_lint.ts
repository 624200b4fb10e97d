/**
 * Part of `deno task check`: every name we export says what it is. `deno doc --lint` knows no
 * exceptions, so the few that we want are made here.
 *
 * @module
 */

/** Types of packages that our own types are made of, and the schema that options follow from. */
const borrowed = new Set([
  "InspectionEvent",
  "Observer",
  "input",
  "output",
  "configSchema",
  "$ZodType",
]);

/** Complaints of `deno doc --lint` that stand, each with its place. */
export function standing(text: string): string[] {
  return text.split(/^(?=error)/m)
    .filter((complaint) => complaint.startsWith("error["))
    .filter((complaint) => {
      const [, name] = complaint.match(/references private type '([^']+)'/) ?? [];
      return name === undefined || !borrowed.has(name);
    });
}

/** True for output that ends as the linter's does: clean, or counting what it found. */
export const isComplete = (text: string, ok: boolean): boolean =>
  ok || /^error: Found \d+ documentation lint errors?\.$/m.test(text);

if (import.meta.main) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...Deno.args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout) + decoder.decode(stderr);
  const complaints = isComplete(text, success) ? standing(text) : [text];
  if (complaints.length > 0) console.error(complaints.join(""));
  Deno.exit(complaints.length > 0 ? 1 : 0);
}
