/**
 * All scaling policies. To add one, write its file and add it here: configuration, docs and
 * conformance tests follow from this list.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import { choice, listed, optionsOf } from "../choice.ts";
import type { Moment, ScalingPolicy } from "../policy.ts";
import { aimd } from "./aimd.ts";
import { classic } from "./classic.ts";
import { concurrency } from "./concurrency.ts";
import { erlang } from "./erlang.ts";
import { explore } from "./explore.ts";
import { external } from "./external.ts";
import { fixed } from "./fixed.ts";
import { cleaned, garbled } from "./garbled.ts";
import { forecast } from "./forecast.ts";
import { governor } from "./governor.ts";
import { gradient } from "./gradient.ts";
import { onDemand } from "./on_demand.ts";
import { plan } from "./plan.ts";
import { resource } from "./resource.ts";
import { schedule } from "./schedule.ts";
import { select } from "./select.ts";
import { slo } from "./slo.ts";
import { target } from "./target.ts";

/** The registry, the default first. */
export const scalingPolicies: readonly ScalingPolicy[] = [
  governor,
  classic,
  plan,
  fixed,
  external,
  target,
  concurrency,
  erlang,
  slo,
  onDemand,
  explore,
  gradient,
  aimd,
  resource,
  forecast,
  schedule,
  select,
].map((policy) => policy as unknown as ScalingPolicy);

/** Schema of `policy: { name: governor, … }` in a pool's configuration. */
export const scalingChoice = choice(scalingPolicies);

/** A policy with its options bound, holding its memory. */
export interface Stepper {
  /** Name of the policy. */
  readonly name: string;
  /** Whether it can be frozen. */
  readonly tunes?: boolean;
  /** Time between steps, ms. */
  readonly everyMs: number;
  /** The policy's answer to a reading; to one that can't be, what it said last. */
  step(reading: Reading): Proposal;
  /** What the policy remembers; plain data, handed to {@link bind} to go on from there. */
  readonly memory: unknown;
  /** What of that outlives the process; null: nothing. */
  readonly kept: unknown;
  /** Goes on from what an earlier process kept, where it can. */
  resume(kept: unknown, moment: Moment): void;
  /** Its options, with defaults. */
  readonly options?: unknown;
  /** All that its next answers follow from, as plain data. */
  save?(): unknown;
  /** Goes on as the one that {@link Stepper.save} was asked of would have. */
  load?(saved: unknown): void;
}

/**
 * Binds the policy called `name`. Options left out take their defaults; a RangeError or ZodError
 * says what is wrong with the rest. `memory` is that of an earlier stepper; default: a fresh start.
 */
export function bind(name: string, options: unknown = {}, memory?: unknown): Stepper {
  return stepperOf(listed(scalingPolicies, name), options, memory);
}

/** Binds a policy that need not be in the list; a ZodError says what is wrong with its options. */
export function stepperOf(policy: ScalingPolicy, options: unknown = {}, memory?: unknown): Stepper {
  const { name } = policy;
  const parsed = optionsOf(policy, options);
  let held = memory === undefined ? policy.start(parsed) : memory;
  let said: Proposal | null = null;
  return {
    name,
    ...(policy.tunes && { tunes: true }),
    everyMs: policy.everyMs(parsed),
    options: parsed,
    save: () => ({ held, said }),
    load: (saved) => void ({ held, said } = saved as { held: typeof held; said: typeof said }),
    step(reading) {
      const nonsense = garbled(reading);
      if (nonsense !== null && said !== null) return { ...said, because: `held: ${nonsense}` };
      const sound = nonsense === null ? reading : cleaned(reading);
      [said, held] = policy.step(held, sound, parsed);
      return said;
    },
    get memory() {
      return held;
    },
    get kept() {
      return policy.keep?.(held) ?? null;
    },
    resume(kept, moment) {
      held = policy.resume?.(kept, moment, parsed) ?? held;
    },
  };
}
