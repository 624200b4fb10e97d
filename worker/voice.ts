/**
 * What is told of one command, besides its ending.
 *
 * @module
 */
import { messages } from "../messages/wire.ts";
import type { Used } from "./child.ts";
import type { CommandParts } from "./commands.ts";

/** The parts of a command with the number `id` that tell of it while it runs. */
export const voiceOf = (
  id: number,
  say: (item: string) => void,
  output: (id: number, stream: 1 | 2, text: string) => boolean,
): Pick<CommandParts, "tell" | "spawned"> => ({
  tell: (stream, text) => output(id, stream, text),
  spawned: (pid) => say(`${messages.spawned.kind},${id},${pid}`),
});

/** What it has used. */
export const usedMessage = (id: number, { cpuMs, ioBytes }: Used): string =>
  `${messages.used.kind},${id},${cpuMs},${ioBytes}`;
