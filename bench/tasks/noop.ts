/**
 * No work at all: what is left is the runtime's own cost.
 *
 * @module
 */
import { defineTask } from "../../task.ts";

export default defineTask({ permissions: { read: true }, run: (argument: unknown) => argument });
