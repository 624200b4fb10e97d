/**
 * From a line to the command that is run for it.
 *
 * @module
 */
import { splitWords } from "./quote.ts";

/**
 * Puts `line` in place of every `{}` in `template`, or behind it when it has none. Without a
 * template the line itself is the command. No shell sees any of it.
 */
export function fillTemplate(template: readonly string[], line: string): string[] {
  if (template.length === 0) return splitWords(line);
  if (!template.some((word) => word.includes("{}"))) return [...template, line];
  return template.map((word) => word.replaceAll("{}", () => line));
}
