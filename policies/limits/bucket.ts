/**
 * How much of one unit may be taken in a period, whichever period one looks at.
 *
 * A plain bucket of tokens lets through its burst and what flows in meanwhile: up to twice the rate
 * in the worst minute. This one counts what was taken until a whole period has passed since, so that
 * no sliding period has more than the rate. It remembers grains of time, not single takings: a
 * taking counts until its grain is a period old, at most 1/128 longer than it must.
 *
 * @module
 */

/** So much in each period. */
export interface Rate {
  readonly amount: number;
  readonly periodMs: number;
  /** Most at once; the rest flows in evenly. */
  readonly burst: number;
}

/** What was taken in one grain of time. */
export interface Grain {
  /** Its end, monotonic. */
  readonly untilMs: number;
  amount: number;
  /** A period old: it counts no more. */
  isOver: boolean;
}

/** Grains in a period. */
const grains = 128;
/** Grains in what is kept over a restart. */
const kept = 8;

/** Less than this does not make anybody wait: sums of fractions are not exact. */
const tiny = 1e-6;

/** One unit of one key. */
export class Bucket {
  /** Given to workers, and not known to be begun. */
  held = 0;
  /** Wanted by jobs that lie ready, by class. */
  readonly laid = [0, 0, 0];
  #rate: Rate;
  readonly #grains: Grain[] = [];
  #used = 0;
  /** What may be taken at once. */
  #level: number;
  #levelMs = 0;

  /** Full at first. */
  constructor(rate: Rate) {
    this.#rate = rate;
    this.#level = rate.burst;
  }

  /** What holds. */
  get rate(): Rate {
    return this.#rate;
  }

  /** Taken and begun within the last period, or not begun yet. */
  used(nowMs: number): number {
    this.#turn(nowMs);
    return this.#used + this.held;
  }

  /** Nothing is known of it that would matter. */
  isEmpty(nowMs: number): boolean {
    this.#turn(nowMs);
    return this.#grains.length === 0 && this.held === 0 && this.#level >= this.#rate.burst - tiny;
  }

  /**
   * Whether so much may be taken beside what jobs of class `rank` and better ones want; of rank -1,
   * beside nothing. More than there ever is counts as all there is. `kept` is for somebody else.
   */
  fits(amount: number, rank: number, nowMs: number, kept = 0): boolean {
    this.#turn(nowMs);
    const { amount: most, burst } = this.#rate;
    const laid = this.#laid(rank) + kept;
    return this.#used + this.held + laid + Math.min(amount, most) <= most + tiny &&
      this.#level - laid + tiny >= Math.min(amount, burst);
  }

  /** What jobs of class `rank` could take now. */
  free(rank: number, nowMs: number): number {
    this.#turn(nowMs);
    const laid = this.#laid(rank);
    return Math.min(this.#rate.amount - this.#used - this.held, this.#level) - laid;
  }

  /** When it would fit if nothing else happened; Infinity where something has to. */
  opensMs(amount: number, rank: number, nowMs: number): number {
    this.#turn(nowMs);
    const { amount: most, burst, periodMs } = this.#rate;
    const laid = this.#laid(rank);
    const inside = this.held + laid + Math.min(amount, most) - most;
    let left = inside + this.#used;
    let windowMs = left <= tiny ? nowMs : Infinity;
    for (const grain of this.#grains) {
      if (left <= tiny) break;
      left -= grain.amount;
      if (left <= tiny) windowMs = grain.untilMs + periodMs;
    }
    const missing = Math.min(amount, burst) + laid - this.#level;
    const levelMs = missing <= tiny ? nowMs : nowMs + missing * periodMs / most;
    return Math.max(windowMs, levelMs);
  }

  /** A worker gets so much. */
  take(amount: number, nowMs: number): void {
    this.#turn(nowMs);
    this.held += amount;
    this.#level -= amount;
  }

  /** It was not begun after all. */
  giveBack(amount: number): void {
    this.held -= amount;
    this.#level = Math.min(this.#rate.burst, this.#level + amount);
  }

  /** What a worker got is begun: from now on it gets older. */
  begin(amount: number, nowMs: number): Grain {
    this.#turn(nowMs);
    this.held -= amount;
    return this.#count(amount, nowMs);
  }

  /** More was taken than asked for; where there is not so much, others wait until there was. */
  charge(amount: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#level -= amount;
    this.#count(amount, nowMs);
  }

  /** Of what was begun in `grain`, so much was not taken. */
  refund(grain: Grain, amount: number, nowMs: number): void {
    this.#turn(nowMs);
    if (grain.isOver) return;
    grain.amount -= amount;
    this.#used -= amount;
    this.#level = Math.min(this.#rate.burst, this.#level + amount);
  }

  /** Another rate holds, also for what was taken already. */
  adopt(rate: Rate, nowMs: number): void {
    this.#turn(nowMs);
    this.#level = Math.min(rate.burst, this.#level + Math.max(0, rate.burst - this.#rate.burst));
    this.#rate = rate;
  }

  /** When how much was begun, latest first, for {@link Bucket.restore}. */
  history(nowMs: number): readonly (readonly [atMs: number, amount: number])[] {
    this.#turn(nowMs);
    const lengthMs = this.#rate.periodMs / kept;
    const begun: [number, number][] = this.held > 0 ? [[nowMs, this.held]] : [];
    // Several grains become one, as young as the youngest of them: too little is never counted.
    for (const { untilMs, amount } of this.#grains.toReversed()) {
      const last = begun.at(-1);
      if (last && last[0] - untilMs < lengthMs) last[1] += amount;
      else begun.push([untilMs, amount]);
    }
    return begun;
  }

  /** Takes over what an earlier life had begun. */
  restore(history: readonly (readonly [atMs: number, amount: number])[], nowMs: number): void {
    for (const [atMs, amount] of history) {
      this.#grains.push({ untilMs: Math.min(atMs, nowMs), amount, isOver: false });
      this.#used += amount;
    }
    this.#grains.sort((one, other) => one.untilMs - other.untilMs);
    this.#level = Math.max(0, this.#rate.burst - this.#used);
    this.#levelMs = nowMs;
  }

  #laid(rank: number): number {
    let laid = 0;
    for (let better = 0; better <= rank; better++) laid += this.laid[better]!;
    return laid;
  }

  #count(amount: number, nowMs: number): Grain {
    const last = this.#grains.at(-1);
    this.#used += amount;
    if (last && last.untilMs > nowMs) {
      last.amount += amount;
      return last;
    }
    const grainMs = this.#rate.periodMs / grains;
    const untilMs = (Math.floor(nowMs / grainMs) + 1) * grainMs;
    const grain = { untilMs, amount, isOver: false };
    this.#grains.push(grain);
    return grain;
  }

  /** Forgets what is a period old, and lets flow in what has flown in since. */
  #turn(nowMs: number): void {
    const { amount: most, periodMs, burst } = this.#rate;
    while (this.#grains.length > 0 && this.#grains[0]!.untilMs + periodMs <= nowMs) {
      const grain = this.#grains.shift()!;
      grain.isOver = true;
      this.#used -= grain.amount;
    }
    if (this.#grains.length === 0) this.#used = 0;
    this.#level = Math.min(burst, this.#level + (nowMs - this.#levelMs) * most / periodMs);
    this.#levelMs = nowMs;
  }
}
