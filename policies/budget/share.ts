/**
 * Shares one budget among pools: the next worker goes to the pool that it is worth most, each worker
 * that a pool has making the next one worth less.
 *
 * Dividing by the number of workers makes it proportionally fair: pools that could all use
 * everything have shares as their weights (the method of D'Hondt), whoever needs little has that,
 * and the rest goes to the others. As the value of a worker never rises, taking the best one again
 * and again gives the largest sum there is.
 *
 * @module
 */
import { type Work, worths } from "./worth.ts";

/** What one pool asks for, and what it costs. */
export interface Claim extends Work {
  /** Its part where there is too little: twice the weight, twice the workers. */
  readonly weight: number;
  /** Workers that it keeps in any case. */
  readonly floor: number;
  /** Workers that it has before all others, as far as it needs them. */
  readonly least: number;
  /** Workers that it may have at most. */
  readonly cap: number;
  /** Workers that it has. */
  readonly held: number;
  /** What one of its workers takes. */
  readonly workerBytes: number;
  /** Share of a core that one of its workers wants while it is busy. */
  readonly workerCores: number;
}

/** What all pools may have together; Infinity: no limit. */
export interface Limits {
  readonly workers: number;
  readonly memoryBytes: number;
  readonly cpuCores: number;
}

/** What a pool may have. */
export interface Share {
  /** Workers that its work is worth. */
  readonly earned: number;
  /** Workers at most: what it has earned, and what nobody else has any use for. */
  readonly cap: number;
}

/** How far what is measured may rise before caps follow: it is never quite the same twice. */
const looseRatio = 1.1;

/**
 * The shares of all pools; the caps together never exceed `limits` by more than floors do. Where
 * workers `mayMove`, a pool can be given less than it is busy with; the others are then given theirs
 * when it has let them go.
 */
export function shares(claims: readonly Claim[], limits: Limits, mayMove = true): Share[] {
  const purse = new Purse(claims, limits);
  const values = claims.map((claim) => worths(claim, Math.min(claim.cap, limits.workers)));
  const busy = claims.map(({ held, load }) => Math.min(held, Math.ceil(load)));
  const needed = values.map((all) => Math.max(Math.min(1, all.length), worthwhile(all)));
  claims.forEach(({ floor, cap }, i) => purse.give(i, Math.min(floor, cap), true));
  claims.forEach(({ least }, i) => purse.give(i, Math.min(least, needed[i]!)));
  if (!mayMove) claims.forEach((_, i) => purse.give(i, Math.min(busy[i]!, needed[i]!)));
  purse.auction((i, next) => {
    if (next > needed[i]!) return 0;
    // One that is busy is taken only where it brings the others more than one worker nearer.
    const place = next <= busy[i]! ? Math.max(1, next - 1) : next;
    return values[i]![next - 1]! * claims[i]!.weight / place;
  });
  const earned = [...purse.given];
  // What is left is room to grow: nobody has any use for it now.
  purse.auction((i, next) => claims[i]!.weight / next);
  return earned.map((workers, i) => ({ earned: workers, cap: purse.given[i]! }));
}

/**
 * The caps `before`, where they still serve: everybody has what he has earned and, where anything is
 * left over, room for one more. Else those of `shares`. So room to grow is not dealt out anew each
 * time that somebody needs a worker more or less.
 */
export function settled(
  before: readonly number[],
  shares: readonly Share[],
  claims: readonly Claim[],
  limits: Limits,
): readonly number[] {
  const isSpare = shares.some(({ cap, earned }) => cap > earned);
  const serves = shares.every(({ earned }, i) =>
    before[i]! >= Math.min(claims[i]!.cap, earned + (isSpare ? 1 : 0))
  );
  const sum = (cost: (claim: Claim) => number) =>
    claims.reduce((all, claim, i) => all + before[i]! * cost(claim), 0);
  const isWithin = sum(() => 1) <= limits.workers &&
    claims.every(({ cap }, i) => before[i]! <= cap) &&
    sum(({ workerBytes }) => workerBytes) <= limits.memoryBytes * looseRatio &&
    sum(({ workerCores }) => workerCores) <= limits.cpuCores * looseRatio + 1;
  return serves && isWithin ? before : shares.map(({ cap }) => cap);
}

/** Workers that save more than they cost. */
const worthwhile = (values: readonly number[]) => values.filter((value) => value >= 1).length;

/** What is left of a budget, and who was given how much. */
class Purse {
  readonly given: number[];
  readonly #claims: readonly Claim[];
  #workers: number;
  #memoryBytes: number;
  #cpuCores: number;

  constructor(claims: readonly Claim[], { workers, memoryBytes, cpuCores }: Limits) {
    this.given = claims.map(() => 0);
    this.#claims = claims;
    [this.#workers, this.#memoryBytes, this.#cpuCores] = [workers, memoryBytes, cpuCores];
  }

  /** Gives a pool workers up to `count`, as many as there is something left for; or `anyway`. */
  give(pool: number, count: number, anyway = false): void {
    while (this.given[pool]! < count && (anyway || this.#canPay(pool))) this.#pay(pool);
  }

  /** Gives one worker after another to who has most use for it; `value` is 0 where there is none. */
  auction(value: (pool: number, next: number) => number): void {
    for (;;) {
      let best = -1;
      let most = 0;
      for (const [i, { cap }] of this.#claims.entries()) {
        const next = this.given[i]! + 1;
        const offered = next > cap ? 0 : value(i, next);
        if (offered > most && this.#canPay(i)) [best, most] = [i, offered];
      }
      if (best < 0) return;
      this.#pay(best);
    }
  }

  /** Whether one more worker of a pool fits into what is left; of its cores half has to be there. */
  #canPay(pool: number): boolean {
    const { workerBytes, workerCores } = this.#claims[pool]!;
    return this.#workers >= 1 && this.#memoryBytes >= workerBytes &&
      this.#cpuCores >= workerCores / 2;
  }

  #pay(pool: number): void {
    const { workerBytes, workerCores } = this.#claims[pool]!;
    this.given[pool]!++;
    this.#workers--;
    this.#memoryBytes -= workerBytes;
    this.#cpuCores -= workerCores;
  }
}
