/**
 * What is told of one command while it runs and when it has exited.
 *
 * @module
 */
import { messages } from "../messages/wire.ts";
import type { CommandParts } from "./commands.ts";

/** The parts of a command with the number `id` that tell of it. */
export const voiceOf = (
  id: number,
  say: (item: string) => void,
  output: (id: number, stream: 1 | 2, text: string) => boolean,
): Pick<CommandParts, "tell" | "spawned" | "used"> => ({
  tell: (stream, text) => output(id, stream, text),
  spawned: (pid) => say(`${messages.spawned.kind},${id},${pid}`),
  used: ({ cpuMs, ioBytes }) => say(`${messages.used.kind},${id},${cpuMs},${ioBytes}`),
});
