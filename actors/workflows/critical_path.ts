/**
 * Which steps a workflow took its time for.
 *
 * @module
 */

/** A step as far as time goes. Instants are epoch ms. */
export interface TimedStep {
  /** Steps before it, by their place. */
  readonly after: readonly number[];
  /** When it could begin but for the steps before it. */
  readonly fromAt: number;
  /** When it ended, or now; null for one that has not begun to count, as it waits for others. */
  readonly endAt: number | null;
}

/** A chain of steps, each of which waited for the one before. */
export interface Chain {
  /** Places of steps, the first one first. */
  readonly steps: readonly number[];
  /** Sum of what each took from when it could begin. */
  readonly totalMs: number;
}

/** When each step could begin: when all before it had ended, and it was there. */
export function readyAt(steps: readonly TimedStep[], { after, fromAt, endAt }: TimedStep): number {
  const ready = after.reduce((at, n) => Math.max(at, steps[n]!.endAt ?? 0), fromAt);
  return Math.min(ready, endAt ?? Infinity);
}

/**
 * The longest chain by the time of its steps, each from when it could begin to its end; waits of
 * all kinds are part of it. Of several, one that ends last. Steps wait for each other in no circle.
 */
export function criticalPath(steps: readonly TimedStep[]): Chain {
  const own = steps.map((step) => step.endAt === null ? 0 : step.endAt - readyAt(steps, step));
  const longest = steps.map(() => 0);
  const before = steps.map(() => -1);
  let last = -1;
  for (const n of inOrder(steps)) {
    for (const dependency of steps[n]!.after) {
      const best = before[n]! < 0 ? -1 : longest[before[n]!]!;
      if (longest[dependency]! > best) before[n] = dependency;
    }
    longest[n] = own[n]! + (before[n]! < 0 ? 0 : longest[before[n]!]!);
    if (steps[n]!.endAt !== null && (last < 0 || isLater(n, last))) last = n;
  }
  const way: number[] = [];
  for (let n = last; n >= 0; n = before[n]!) way.push(n);
  return { steps: way.reverse(), totalMs: last < 0 ? 0 : longest[last]! };

  function isLater(one: number, other: number): boolean {
    const moreMs = longest[one]! - longest[other]!;
    return moreMs > 0 || (moreMs === 0 && steps[one]!.endAt! > steps[other]!.endAt!);
  }
}

/** Places of steps, each after all that it waits for. */
function* inOrder(steps: readonly TimedStep[]): Generator<number> {
  const left = steps.map(({ after }) => after.length);
  const next: number[][] = steps.map(() => []);
  steps.forEach(({ after }, n) => after.forEach((dependency) => next[dependency]!.push(n)));
  const ready = [...steps.keys()].filter((n) => left[n] === 0);
  for (let at = 0; at < ready.length; at++) {
    const n = ready[at]!;
    yield n;
    for (const dependant of next[n]!) if (--left[dependant]! === 0) ready.push(dependant);
  }
}
