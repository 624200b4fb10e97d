/**
 * Text in the columns of a terminal.
 *
 * @module
 */

/** Characters that take two columns: of East Asian scripts, and most pictures. */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}！-｠]/u;
/** Characters that take none: accents that sit on the one before, and joiners. */
const none = /[\p{Mn}\u200b-\u200f\ufe00-\ufe0f]/u;
const isPlain = /^[\x20-\x7e]*$/;

const widthOfOne = (character: string) => none.test(character) ? 0 : wide.test(character) ? 2 : 1;

/** Columns that a text without control characters takes. */
export function widthOf(text: string): number {
  if (isPlain.test(text)) return text.length;
  return [...text].reduce((sum, character) => sum + widthOfOne(character), 0);
}

/** A text in at most `columns`; what is cut ends in `…`. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += widthOfOne(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A text in exactly `columns`, or more where it is longer. */
export function pad(text: string, columns: number, side: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, columns - widthOf(text)));
  return side === "left" ? text + space : space + text;
}
