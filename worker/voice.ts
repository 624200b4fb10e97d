/**
 * What is told of commands, besides their endings.
 *
 * @module
 */
import { messages } from "../messages/wire.ts";
import type { Beginnings } from "./beginnings.ts";
import type { Chatter } from "./chatter.ts";
import type { CommandParts, CommandRun } from "./commands.ts";

/** The parts of all commands that tell of them while they run. */
export const voiceOf = (
  say: (item: string) => void,
  chatter: Pick<Chatter, "output">,
  beginnings: Pick<Beginnings, "grown">,
): Pick<CommandParts, "tell" | "spawned" | "grown"> => ({
  tell: (id, stream, text) => chatter.output(id, stream, text),
  spawned: (id, pid) => say(`${messages.spawned.kind},${id},${pid}`),
  grown: () => beginnings.grown(),
});

/** What a command with the number `id` has used and left behind. */
export function lastWords(id: number, { used, number }: CommandRun): string {
  const left = `${messages.left.kind},${number}`;
  return used ? `${messages.used.kind},${id},${used.cpuMs},${used.ioBytes},${left}` : left;
}
