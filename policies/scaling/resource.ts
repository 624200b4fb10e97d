/**
 * As many workers as keep CPU and memory near their targets: a PI controller.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { largest } from "../largest.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";
import { cautious } from "./limits.ts";
import { present, readable } from "./size.ts";
import { under } from "./under.ts";

const ratio = z.number().check(z.minimum(.05), z.maximum(1));

const options = z.strictObject({
  cpuRatio: z._default(ratio, .8).check(z.describe("CPU to keep.")),
  memoryRatio: z._default(ratio, .8).check(z.describe("Memory to keep.")),
  proportionalRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), .2).check(
    z.describe("Part of the size by which a change of the error by 1 changes it."),
  ),
  integralRatio: z._default(z.number().check(z.minimum(.001), z.maximum(1)), .25).check(
    z.describe("Part of the size by which an error of 1 changes it in a second."),
  ),
  workersMax: z._default(z.nullable(z.int().check(z.positive())), null).check(
    z.describe("Most workers. Null: as many as the pool may have, or 12 a core and at most 100."),
  ),
});

type ResourceOptions = z.infer<typeof options>;

/** Longest time that one step counts for, s: after a gap nothing is made up for. */
const stepMaxS = 5;
/** Looks at the host closer together than this are one, ms. */
const sameLookMs = 100;

interface Memory {
  /** The limit, not yet whole. */
  readonly cap: number | null;
  /** The error at the last look at the host, and when that was, monotonic ms. */
  readonly error: number;
  readonly lookedMs: number | null;
  readonly because: string;
}

/**
 * The error is what is left to the nearer target. The limit grows only while it is what holds the
 * pool, and falls from the workers there are: so nothing winds up.
 */
export const resource = scalingPolicy({
  name: "resource",
  help: "Limits workers so that CPU and memory stay near their targets.",
  options,
  tunes: true,
  everyMs: () => 1_000,
  start: (): Memory => ({ cap: null, error: 0, lookedMs: null, because: "at first" }),
  step: (memory, reading, options) => {
    const most = options.workersMax ?? largest(reading.cores);
    const cap = Math.min(memory.cap ?? Math.max(cautious(reading), present(reading)), most);
    const unseen = blind(reading);
    if (unseen !== null) return propose({ ...memory, cap, because: `held: ${unseen}` });

    const lookedMs = reading.nowMs - reading.hostAgeMs;
    const last = memory.lookedMs;
    if (last !== null && !(lookedMs - last > sameLookMs)) return propose({ ...memory, cap });
    const { error, because } = errorOf(reading, options);
    const seconds = Math.min(stepMaxS, last === null ? 0 : (lookedMs - last) / 1_000);
    const change = options.integralRatio * error * seconds +
      (last === null ? 0 : options.proportionalRatio * (error - memory.error));
    return propose({ cap: moved(cap, change, most, reading), error, lookedMs, because });
  },
});

function moved(cap: number, change: number, most: number, reading: Reading): number {
  const workers = present(reading);
  if (change <= 0) return Math.max(1, Math.min(cap, workers + 1) * (1 + Math.max(-.5, change)));
  const binds = reading.queued > 0 && workers >= Math.floor(cap);
  return binds ? Math.min(most, cap * (1 + Math.min(.5, change))) : cap;
}

/** What is left to the target that is nearer. */
function errorOf({ cpuRatio, memoryRatio }: Reading, o: ResourceOptions) {
  const cpu = o.cpuRatio - cpuRatio!;
  const memory = o.memoryRatio - memoryRatio!;
  return cpu <= memory
    ? { error: cpu, because: `cpu ${readable(cpuRatio!)}, target ${o.cpuRatio}` }
    : { error: memory, because: `memory ${readable(memoryRatio!)}, target ${o.memoryRatio}` };
}

function propose(memory: Memory & { readonly cap: number }) {
  return [
    under({ cap: Math.max(1, Math.floor(memory.cap + 1e-9)) }, memory.because),
    memory,
  ] as const;
}
