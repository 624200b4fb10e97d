/**
 * Rules about the machine: how busy it is, how full, and whether it can be seen at all.
 *
 * @module
 */
import { z } from "zod/mini";
import { span } from "../span.ts";
import { alertRule, durationMs, marksAt, percent, ratio, usualOptions } from "./rule.ts";
import type { Sight } from "./sight.ts";

/** Seed 2: a warning above 80 %, critical above 95 %. */
const used = () =>
  z.strictObject({
    ...usualOptions(),
    warningRatio: z._default(ratio, .8),
    criticalRatio: z._default(ratio, .95),
    /** What is below is calm again. */
    clearRatio: z._default(ratio, .75),
  });

const share = (name: "cpu" | "memory", help: string, words: string) =>
  alertRule({
    name,
    help,
    options: used,
    start: () => null,
    step(memory, sight: Sight, { warningRatio, criticalRatio, clearRatio }) {
      const value = sight[`${name}Ratio`];
      const marks = marksAt(warningRatio, criticalRatio, clearRatio);
      const because = () => `${words}: ${percent(value)}`;
      return [[{ subject: null, value, marks, because }], memory];
    },
  });

/** How busy the cores are. */
export const cpu = share("cpu", "The machine's cores are busy.", "The machine's CPU is in use");

/** How full memory is. */
export const memory = share("memory", "The machine's memory is full.", "Memory is in use");

/** How many of the files that the service may have open it has. */
export const files = alertRule({
  name: "files",
  help: "The service has nearly as many open files as it may.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 0 }),
      /** Share of what it may have. */
      warningRatio: z._default(ratio, .9),
      criticalRatio: z._default(z.nullable(ratio), null),
      clearRatio: z._default(ratio, .8),
    }),
  start: () => null,
  step(memory, { filesOpen, filesMax }, { warningRatio, criticalRatio, clearRatio }) {
    const value = filesOpen === null || filesMax === null ? null : filesOpen / filesMax;
    const marks = marksAt(warningRatio, criticalRatio, clearRatio);
    const because = () => `The service has ${filesOpen} of ${filesMax} files open`;
    return [[{ subject: null, value, marks, because }], memory];
  },
});

/** Whether the machine can be seen. */
export const senses = alertRule({
  name: "senses",
  help: "The machine's readings are old: sizes are held, not decided.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 2_000, clearMs: 3_000 }),
      /** Age of a reading; null: that from which on the controller does not believe it. */
      warningMs: z._default(z.nullable(durationMs), null),
      criticalMs: z._default(durationMs, 60_000),
    }),
  start: () => null,
  step(memory, { hostAgeMs, hostStaleMs }, { warningMs, criticalMs }) {
    const oldMs = warningMs ?? hostStaleMs;
    const marks = marksAt(oldMs, Math.max(oldMs, criticalMs), oldMs);
    const because = () => `The machine was last seen ${span(hostAgeMs)} ago`;
    return [[{ subject: null, value: hostAgeMs, marks, because }], memory];
  },
});
