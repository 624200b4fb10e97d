/**
 * Calls the hooks of others: one after another, each within its time, whatever they do.
 *
 * @module
 */
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";
import type { Hooks, TaskEndEvent } from "../messages/hooks.ts";
import type { System } from "./system.ts";

/** Time between two alerts about the same hook, ms. */
const quietMs = 60_000;
/** Characters of an error that are told. */
const errorMax = 200;

type Name = keyof Hooks;

/** Some hooks, and what they are called in alerts. */
export interface NamedHooks {
  readonly name: string;
  readonly hooks: Hooks;
}

/** Whose moments they are. */
export type Moments = Pick<System, "journal" | "estates" | "sampler"> & {
  readonly ports: Pick<System["ports"], "clock">;
};

/** Calls all hooks of a runtime, in their order, until the signal. */
export class Hooking {
  readonly #moments: Moments;
  readonly #all: readonly NamedHooks[];
  readonly #timeoutMs: number;
  readonly #toldMs = new Map<string, number>();

  /** `timeoutMs` is what one call may take. */
  constructor(moments: Moments, all: readonly NamedHooks[], timeoutMs: number) {
    this.#moments = moments;
    this.#all = all;
    this.#timeoutMs = timeoutMs;
  }

  /** Begins with `onInit`; resolves when the signal has ended it all. */
  async run(version: string, signal: AbortSignal): Promise<void> {
    const { journal, estates } = this.#moments;
    const jobs = this.#has("onTaskEnd");
    const facts = jobs || this.#has("onDecision")
      ? journal.read({ jobs, types: jobs ? ["jobs", "decided"] : ["decided"], signal })
      : null;
    // What happens from now on is kept until onInit is over.
    const first = facts?.next();
    await this.call("onInit", { version, pools: [...estates.keys()] });
    if (signal.aborted) return;
    await Promise.all([facts && this.#follow(facts, first!), this.#tick(signal)]);
  }

  /** Calls one kind of hook of all, one after another. */
  async call<N extends Name>(name: N, event: Parameters<NonNullable<Hooks[N]>>[0]): Promise<void> {
    for (const { name: whose, hooks } of this.#all) {
      if (hooks[name] === undefined) continue;
      try {
        await this.#within(`${whose}.${name}`, () => hooks[name]!(event as never));
      } catch (error) {
        this.#failed(`${whose}.${name}`, `failed: ${String(error).slice(0, errorMax)}`);
      }
    }
  }

  async #follow(
    facts: AsyncIterator<Stamped<Fact> | GapFact>,
    first: Promise<IteratorResult<Stamped<Fact> | GapFact>>,
  ): Promise<void> {
    for (let next = await first; !next.done; next = await facts.next()) {
      const item = next.value;
      if ("type" in item) {
        this.#failed("hooks", `are too slow: ${item.to - item.from + 1} facts were left out`);
      } else if (item.fact.type === "decided") await this.call("onDecision", item.fact.decision);
      else for (const event of endsOf(item.fact)) await this.call("onTaskEnd", event);
    }
  }

  async #tick(signal: AbortSignal): Promise<void> {
    if (!this.#has("onTick")) return;
    const { ports: { clock }, estates, sampler } = this.#moments;
    for (let dueMs = clock.nowMs(); !signal.aborted;) {
      // Without catching up: a tick that was missed is over.
      dueMs = Math.max(dueMs + sampler.everyMs, clock.nowMs());
      await until(clock, dueMs, signal);
      if (signal.aborted) return;
      for (const [pool, { controller: { reading } }] of estates) {
        if (reading) await this.call("onTick", { pool, reading });
      }
    }
  }

  /** Waits for a hook no longer than it may take; it can't be stopped, only left. */
  async #within(who: string, hook: () => void | Promise<void>): Promise<void> {
    const done = hook();
    if (!(done instanceof Promise)) return;
    const { clock } = this.#moments.ports;
    const late = Promise.withResolvers<void>();
    const disarm = clock.at(clock.nowMs() + this.#timeoutMs, () => {
      this.#failed(who, `took longer than ${this.#timeoutMs} ms`);
      late.resolve();
    });
    try {
      await Promise.race([done, late.promise]);
    } finally {
      disarm();
      // What it throws after its time has been told of already.
      done.catch(() => {});
    }
  }

  #failed(who: string, how: string): void {
    const { journal, ports: { clock } } = this.#moments;
    const nowMs = clock.nowMs();
    if (nowMs - (this.#toldMs.get(who) ?? -Infinity) < quietMs) return;
    this.#toldMs.set(who, nowMs);
    const message = `${who} ${how}`;
    journal.note({ type: "alert", level: "warning", code: "hook_failed", message });
  }

  #has(name: Name): boolean {
    return this.#all.some(({ hooks }) => hooks[name] !== undefined);
  }
}

function endsOf(fact: Fact): readonly TaskEndEvent[] {
  if (fact.type !== "jobs" || fact.move !== "ended") return [];
  const { ids, operations, endings, attempts, waitMs, durationMs, reasons, labels } = fact;
  return ids.map((id, i) => ({
    id,
    operation: operations[i]!,
    ending: endings![i]!,
    attempts: attempts![i]!,
    waitMs: waitMs![i]!,
    durationMs: durationMs![i]!,
    reason: reasons?.[i] ?? null,
    labels: labels?.[i] ?? null,
  }));
}

/** Resolves at `untilMs`, or when the signal comes. */
function until(clock: Moments["ports"]["clock"], untilMs: number, signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const disarm = clock.at(untilMs, resolve);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(disarm);
}
