/**
 * Endings that fit a message.
 *
 * @module
 */
import { messageCharsMax } from "../messages/wire.ts";
import { type Ended, failed } from "./tasks.ts";

/** The ending, or that its output is too large. */
export const fitting = (ended: Ended): Ended =>
  ended.payload.length <= messageCharsMax - 100 ? ended : failed(
    "validation",
    "output_too_large",
    `The output has ${ended.payload.length} characters of JSON, the limit is ${messageCharsMax}`,
  );
