/**
 * SHA-256 at once. Its library is loaded when something is summed up for the first time: most that
 * start a runtime for a few commands never do.
 *
 * @module
 */
import type { Hash } from "node:crypto";
import process from "node:process";

/** A sum that has taken nothing yet. */
export const sha256 = (): Hash => process.getBuiltinModule("node:crypto").createHash("sha256");
