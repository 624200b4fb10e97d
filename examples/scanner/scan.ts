/**
 * Reads one file and answers with its SHA-256 in hex.
 *
 * @module
 */
import { hash } from "node:crypto";
import { defineTask } from "../../task.ts";

/** SHA-256 of the file at `path`, in hex. */
export const digest = (path: string): string => hash("sha256", Deno.readFileSync(path), "hex");

export default defineTask({ permissions: { read: true }, run: digest });
