/**
 * What can be typed, as the verbs themselves declare it.
 *
 * @module
 */
import { Command } from "commander";
import type { VerbEntry } from "./verb.ts";

/** An option of a verb. */
export interface OptionWords {
  /** `--json`, or what negates it. */
  readonly long?: string;
  /** `-f`. */
  readonly short?: string;
  readonly says: string;
  /** What comes after it; null: nothing does. */
  readonly value: ValueWords | null;
}

/** What a value may be. */
export interface ValueWords {
  /** What it is called: `duration`. */
  readonly name: string;
  /** All that it may be; empty where it may be anything. */
  readonly choices: readonly string[];
  readonly kind: "file" | "folder" | "word";
  /** The option can stand without it. */
  readonly isOptional: boolean;
}

/** A verb. */
export interface VerbWords {
  readonly verb: string;
  readonly says: string;
  readonly options: readonly OptionWords[];
  /** What its arguments may be; empty where they may be anything. */
  readonly words: readonly string[];
}

/** Loads all verbs and reads what they declare. */
export async function completionWords(
  verbs: Readonly<Record<string, VerbEntry>>,
): Promise<VerbWords[]> {
  return await Promise.all(
    Object.entries(verbs).map(async ([verb, { summary, load }]) => {
      const command = (await load()).declare(new Command(verb));
      const { options, registeredArguments } = command;
      return {
        verb,
        says: summary,
        options: [...options.filter(({ hidden }) => !hidden).map(wordsOf), help],
        words: registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
      };
    }),
  );
}

const help: OptionWords = { long: "--help", short: "-h", says: "display help", value: null };

type CommanderOption = Command["options"][number];

function wordsOf(option: CommanderOption): OptionWords {
  const { long, short, description, required, optional, argChoices = [] } = option;
  const name = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? "value";
  const kind = /\bfile\b/.test(name) ? "file" : /\bdir\b/.test(name) ? "folder" : "word";
  return {
    ...(long == null ? {} : { long }),
    ...(short == null ? {} : { short }),
    says: description,
    value: required || optional ? { name, choices: argChoices, kind, isOptional: optional } : null,
  };
}
