/**
 * The border of limits: shape and ranges, the same for a job and for an operation.
 *
 * @module
 */
import { z } from "zod";
import type { Limits } from "../limits.ts";

/** Least memory a command can be limited to, bytes. */
export const memoryBytesMin = 1_048_576;

/** Limits as they may come from outside. */
export const limitsSchema = z.strictObject({
  memoryBytes: z.int().min(memoryBytesMin).exactOptional(),
  cpuCores: z.number().min(0.01).max(1_024).exactOptional(),
  openFiles: z.int().min(16).max(1_048_576).exactOptional(),
  nice: z.int().min(1).max(19).exactOptional(),
  ioClass: z.enum(["bestEffort", "idle"]).exactOptional(),
  affinity: z.array(z.int().min(0).max(4_095)).min(1).max(1_024).exactOptional(),
}) satisfies z.ZodType<Limits>;

/** The same in words, for those who gave something else. */
export const limitsExpected: Readonly<Record<keyof Limits, string>> = {
  memoryBytes: `an integer >= ${memoryBytesMin}: bytes`,
  cpuCores: "a number 0.01..1024",
  openFiles: "an integer 16..1048576",
  nice: "an integer 1..19",
  ioClass: "one of bestEffort, idle",
  affinity: "an array of 1..1024 core numbers 0..4095",
};
