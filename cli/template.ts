/**
 * From an entry to the command that is run for it, with the replacement strings of GNU parallel.
 *
 * @module
 */
import { posix } from "node:path";
import { Refusal } from "../actors/runtime.ts";
import type { Entry } from "./entries.ts";
import { quote, shellWord, splitWords } from "./quote.ts";

/** `{}`, `{.}`, `{/}`, `{//}`, `{/.}`, each also with a number, as `{2/.}`; and `{#}`, `{%}`. */
const places = /\{(?:([#%])|(-?[1-9]\d{0,4})?(\/\/|\/\.|\/|\.)?)\}/g;
/** A place for whichever argument it is. */
const anyPlace = /\{(?:\/\/|\/\.|\/|\.)?\}/;
/** Nothing but the place of one argument. */
const onePlace = /^\{(-?[1-9]\d{0,4})(?:\/\/|\/\.|\/|\.)?\}$/;

/** A command with places for arguments. */
export interface Template {
  /** True when commands differ with the slot they run in. */
  readonly usesSlot: boolean;
  /** The command for an entry; null when there is nothing to run. Throws Refusal `invalid_line`. */
  fill(entry: Entry, slot: number): readonly string[] | null;
  /** The command as one line of text; an entry that makes none comes as it is. */
  describe(entry: Entry, slot: number): string;
}

/** Reads a template, which with `shell` is a text for `sh -c`. Without words lines are commands. */
export function readTemplate(words: readonly string[], shell = false): Template {
  const placed = words.length === 0 || words.some((word) => word.search(places) >= 0);
  const given = placed ? words : [...words, "{}"];
  const text = given.join(" ");
  const fill = (entry: Entry, slot: number): readonly string[] | null => {
    if (entry.fault !== null) throw new Refusal("invalid_line", `the line ${entry.fault}`);
    const line = given.length === 0 ? entry.args.join(" ") : "";
    if (given.length === 0 && line.trim() === "") return null;
    if (shell) return ["sh", "-c", line || fillText(text, entry, slot)];
    return line ? splitWords(line) : given.flatMap((word) => fillWord(word, entry, slot));
  };
  return {
    usesSlot: text.includes("{%}"),
    fill,
    describe: (entry, slot) => {
      try {
        const argv = fill(entry, slot) ?? [];
        return shell && argv.length > 0 && isOneLine(argv[2]!) ? argv[2]! : quote(argv);
      } catch {
        return quote(entry.args);
      }
    },
  };
}

/** Fills a text for a shell, in which arguments are quoted; words are what white space parts. */
function fillText(text: string, entry: Entry, slot: number): string {
  return text.replaceAll(/\S+/g, (word) => fillWord(word, entry, slot, shellWord).join(" "));
}

/**
 * Fills a word with what `put` makes of arguments. One with a place for any argument is repeated for
 * each; one that is nothing but the place of an argument that is missing is left out.
 */
export function fillWord(
  word: string,
  entry: Entry,
  slot: number,
  put: (argument: string) => string = (argument) => argument,
): readonly string[] {
  if (!word.includes("{")) return [word];
  const { args, seq } = entry;
  if (word === "{}") return args.map((argument) => put(argument));
  const named = (index: number) => args.at(index > 0 ? index - 1 : index);
  const only = onePlace.exec(word);
  if (only !== null && named(Number(only[1])) === undefined) return [];
  return (anyPlace.test(word) ? args : [""]).map((each) =>
    word.replaceAll(places, (_, own?: string, index?: string, change?: string) => {
      if (own !== undefined) return String(own === "#" ? seq : slot);
      const argument = index === undefined ? each : named(Number(index));
      return argument === undefined ? "" : put(changed(argument, change));
    })
  );
}

function changed(path: string, change: string | undefined): string {
  if (change === undefined) return path;
  if (change === "//") return posix.dirname(path);
  const name = change === "." ? path : path.slice(path.lastIndexOf("/") + 1);
  return change === "/" ? name : name.replace(/\.[^/.]*$/, "");
}

// deno-lint-ignore no-control-regex -- what is printed and logged is one line
const isOneLine = (text: string) => !/[\x00-\x1f\x7f]/.test(text);
