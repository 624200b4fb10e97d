/**
 * A machine as the source text that Stately Studio imports. Guards and actions are in it by name,
 * what they do is ours.
 *
 * @module
 */
import type { AnyStateMachine } from "xstate";

/** Writes a machine as `createMachine({ … })`. */
export function statelyOf({ id, config }: AnyStateMachine): string {
  return 'import { createMachine } from "xstate";\n\n' +
    `export const ${id} = createMachine(${JSON.stringify(config, null, 2)});\n`;
}
