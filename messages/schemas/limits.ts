/**
 * The border of limits: shape and ranges, the same for a job and for an operation.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Limits } from "../limits.ts";

/** Least memory a command can be limited to, bytes. */
export const memoryBytesMin = 1_048_576;

/** Limits as they may come from outside. */
export const limitsSchema = z.strictObject({
  memoryBytes: z.exactOptional(z.int().check(z.minimum(memoryBytesMin))),
  cpuCores: z.exactOptional(z.number().check(z.minimum(0.01), z.maximum(1_024))),
  openFiles: z.exactOptional(z.int().check(z.minimum(16), z.maximum(1_048_576))),
  nice: z.exactOptional(z.int().check(z.minimum(1), z.maximum(19))),
  ioClass: z.exactOptional(z.enum(["bestEffort", "idle"])),
  ioRatio: z.exactOptional(z.number().check(z.minimum(0.01), z.maximum(1))),
  affinity: z.exactOptional(
    z.array(z.int().check(z.minimum(0), z.maximum(4_095))).check(
      z.minLength(1),
      z.maxLength(1_024),
    ),
  ),
}) satisfies z.core.$ZodType<Limits>;

/** The same in words, for those who gave something else. */
export const limitsExpected: Readonly<Record<keyof Limits, string>> = {
  memoryBytes: `an integer >= ${memoryBytesMin}: bytes`,
  cpuCores: "a number 0.01..1024",
  openFiles: "an integer 16..1048576",
  nice: "an integer 1..19",
  ioClass: "one of bestEffort, idle",
  ioRatio: "a number 0.01..1",
  affinity: "an array of 1..1024 core numbers 0..4095",
};
