/**
 * The instructions of our container file.
 *
 * @module
 */
import { assert } from "@std/assert";

/** An instruction and what it is given. */
export type Instruction = readonly [name: string, rest: string];

/** All of them in their order, what is continued in one line. */
export async function instructions(): Promise<readonly Instruction[]> {
  const file = new URL("../docs/operating/Containerfile", import.meta.url);
  const text = await Deno.readTextFile(file);
  return text.replaceAll(/\\\n\s*/g, "").split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, rest] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
      assert(name !== undefined, `not an instruction: ${line}`);
      return [name, rest!] as const;
    });
}

/** What those of a name are given. */
export const told = (all: readonly Instruction[], name: string): readonly string[] =>
  all.filter(([other]) => other === name).map(([, rest]) => rest);

/** The words of a health check. */
export const probeOf = (all: readonly Instruction[]): string[] =>
  JSON.parse(/ CMD (\[.*\])$/.exec(told(all, "HEALTHCHECK")[0]!)![1]!);
