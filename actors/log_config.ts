/**
 * What the service's log is configured by.
 *
 * @module
 */
import { z } from "zod/mini";
import { durationMsMax } from "./units.ts";

/** Levels of log lines, least first. */
export const logLevels = ["debug", "info", "warning", "error", "critical"] as const;

/** How much a line matters. */
export type LogLevel = typeof logLevels[number];

const name = z.string().check(z.minLength(1), z.maxLength(255));

/** The section `log` of the configuration. */
export const logSchema = z.strictObject({
  /** Least level that is written; `debug` has a line for each move of each job. */
  level: z._default(z.enum(logLevels), "info"),
  /** How lines look on standard error; `auto`: text on a terminal, else JSON. A file has JSON. */
  format: z._default(z.enum(["auto", "json", "text"]), "auto"),
  /** File that lines are appended to; null: standard error, which others rotate. */
  file: z._default(z.nullable(z.string().check(z.minLength(1), z.maxLength(4_096))), null),
  /** Size at which the file is rotated. */
  fileBytes: z._default(z.int().check(z.minimum(131_072)), 10 * 2 ** 20),
  /** Rotated files that are kept besides: `FILE.1` is the newest. */
  files: z._default(z.int().check(z.minimum(1), z.maximum(100)), 5),
  /** What this service is called in each line; null: its address. */
  node: z._default(z.nullable(name), null),
  /** Names of fields, and of variables of the service's environment, whose values are secret. */
  redact: z._default(z.array(name).check(z.maxLength(64)), []),
  /** A line with the state of the service this often; null: none. */
  statusEveryMs: z._default(
    z.nullable(z.int().check(z.minimum(1_000), z.maximum(durationMsMax))),
    null,
  ),
});

/** The section with its defaults. */
export type LogConfig = z.output<typeof logSchema>;
