/**
 * Follows one of several policies: the one that would have cost least of late, as whoever simulates
 * them says.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import { type Choice, choice, listed } from "../choice.ts";
import { type ScalingPolicy, scalingPolicy } from "../policy.ts";
import { classic } from "./classic.ts";
import { concurrency } from "./concurrency.ts";
import { erlang } from "./erlang.ts";
import { governor } from "./governor.ts";
import { onDemand } from "./on_demand.ts";
import { added, type Counts, earlyMs, quickMs } from "./counts.ts";
import { plan } from "./plan.ts";
import { readable } from "./size.ts";
import { slo } from "./slo.ts";
import { target } from "./target.ts";

/** Those that can be followed: what they go by can be simulated, and they try nothing by themselves. */
const candidates = [governor, target, erlang, slo, concurrency, onDemand, classic, plan]
  .map((policy) => policy as unknown as ScalingPolicy);

const options = z.strictObject({
  among: z.prefault(
    z.array(choice(candidates)).check(z.minLength(2), z.maxLength(6)),
    [{ name: "governor" }, { name: "target" }, { name: "erlang" }],
  ).check(
    z.refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
      error: "policies of different names",
    }),
    z.describe("Policies to follow, with their options; the first one is followed first."),
  ),
  reviewMs: z._default(z.number().check(z.minimum(60_000), z.maximum(86_400_000)), 600_000).check(
    z.describe("How often it is asked what each would have cost, and over which time."),
  ),
  dwellMs: z._default(z.number().check(z.nonnegative()), 600_000).check(
    z.describe("One is followed for so long at least."),
  ),
  betterRatio: z._default(z.number().check(z.minimum(0), z.maximum(.9)), .1).check(
    z.describe("By how much another one must have cost less."),
  ),
});

/** Parsed options. */
export type SelectOptions = z.infer<typeof options>;

/** One of those that can be followed; it is asked as if it were. */
interface One {
  readonly held: unknown;
  readonly said: Proposal | null;
  /** When it is asked next, monotonic ms; null: now. */
  readonly askMs: number | null;
  readonly since: Counts | null;
}

interface Memory {
  readonly ones: Readonly<Record<string, One>>;
  readonly followed: string;
  /** Since when, monotonic ms; null: it was not asked yet. */
  readonly sinceMs: number | null;
  /** Of which instant the losses were that were heeded last. */
  readonly heardMs: number | null;
  readonly because: string;
}

const start = ({ among }: SelectOptions): Memory => ({
  ones: Object.fromEntries(among.map((one) => [one.name, {
    ...{ held: listed(candidates, one.name).start(one), said: null, askMs: null, since: null },
  }])),
  followed: among[0]!.name,
  sinceMs: null,
  heardMs: null,
  because: "nothing is known of the others yet",
});

/** All go on in the shadow, so that who is followed next knows what it has to. */
export const select = scalingPolicy({
  name: "select",
  help: "Follows the one of several policies that would have cost least of late.",
  options,
  everyMs: () => 250,
  start,
  step: (memory, reading, options) => {
    const { followed, ...rest } = chosen(memory, reading, options);
    const ones = Object.fromEntries(
      options.among.map((one) => [one.name, asked(memory.ones[one.name]!, reading, one)]),
    );
    const said = ones[followed]!.said!;
    const because = `${followed} is followed as ${rest.because}: ${said.because}`;
    return [{ ...said, because }, { ...rest, followed, ones }];
  },
  keep: ({ followed }) => followed,
  resume: (kept, _moment, options) =>
    options.among.some(({ name }) => name === kept)
      ? { ...start(options), followed: kept as string, because: "it was before the restart" }
      : null,
});

/** Whom a memory of `select` follows; null: it is none. */
export function followedIn(memory: unknown): string | null {
  return (memory as Partial<Memory> | null | undefined)?.followed ?? null;
}

/** Follows another one where that would have cost less by enough, and this one was for long enough. */
function chosen(
  { followed, sinceMs, heardMs, because }: Memory,
  { nowMs, losses }: Reading,
  { among, betterRatio, dwellMs }: SelectOptions,
): Omit<Memory, "ones"> {
  const standing = { followed, sinceMs: sinceMs ?? nowMs, heardMs, because };
  if (losses === undefined || losses.atMs === heardMs) return standing;
  const heard = { ...standing, heardMs: losses.atMs };
  const costOf = ({ name }: Choice) => losses.costs[name] ?? Infinity;
  const [best] = among.toSorted((one, other) => costOf(one) - costOf(other));
  const own = costOf({ name: followed });
  const least = costOf(best!);
  const isBetter = least < own * (1 - betterRatio);
  if (!isBetter || !Number.isFinite(own) || nowMs - standing.sinceMs < dwellMs) return heard;
  const { name } = best!;
  return {
    ...heard,
    ...{ followed: name, sinceMs: nowMs },
    because: `it would have cost ${readable(least)} of late and ${followed} ${readable(own)}`,
  };
}

/** Asks one at its own rhythm. */
function asked(one: One, reading: Reading, options: Choice): One {
  const policy = listed(candidates, options.name);
  const since = added(one.since, reading);
  if (one.said !== null && one.askMs !== null && reading.nowMs < one.askMs) {
    return { ...one, since };
  }
  const [said, held] = policy.step(one.held, { ...reading, ...since }, options);
  const everyMs = policy.everyMs(options);
  const askMs = everyMs <= quickMs ? null : reading.nowMs + everyMs - earlyMs;
  return { held, said, askMs, since: null };
}
