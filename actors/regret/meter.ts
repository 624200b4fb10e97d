/**
 * Says once an hour what each pool costs beside pools of one size. It changes nothing.
 *
 * @module
 */
import type { RegretEstimate, RegretStatus } from "../../messages/regret.ts";
import type { Estate } from "../estate.ts";
import { loop } from "../loop.ts";
import type { Clock, Rehearse } from "../ports.ts";
import type { Child } from "../supervisor.ts";
import { type RegretConfig, regretSchema } from "./config.ts";
import { JobSample, type Sampled } from "./sample.ts";
import { wishOf } from "./wish_of.ts";

/** Jobs that are kept of all pools together. */
const jobsMax = 2_000;
/** And of each, where there are many. */
const jobsMin = 240;
/** CPU time after which no further size is simulated, of all pools together, ms. */
const budgetMs = 800;
/** Estimates that are remembered. */
const latelyMax = 24;

/** What a meter works with. */
export interface MeterParts {
  readonly clock: Clock;
  /** Null: nothing can be simulated here. */
  readonly rehearse: Rehearse | null;
  readonly estates: () => ReadonlyMap<string, Estate>;
  readonly cores: () => number;
  /** Whether what nobody waits for is left undone now. */
  readonly isShort: () => boolean;
}

type Numbers = NonNullable<RegretStatus["numbers"]>;

/** What the latest estimate of a pool came to, and the size that would have cost least. */
interface Known extends Pick<Numbers, "regretPercent" | "lossWorkers"> {
  readonly pool: string;
  readonly latelyPercent: RegretStatus["latelyPercent"];
  readonly workers: number;
}

/** The meter of all pools. */
export class RegretMeter {
  #config: RegretConfig = regretSchema.parse({});
  readonly #parts: MeterParts;
  readonly #latest = new Map<string, RegretStatus>();
  #arm: () => void = () => {};
  #isBusy = false;
  #stop = new AbortController();

  /** Takes no jobs before its start. */
  constructor(parts: MeterParts) {
    this.#parts = parts;
  }

  /** What the latest estimate of a pool came to; null: there was none yet. */
  of(pool: string): RegretStatus | null {
    return this.#latest.get(pool) ?? null;
  }

  /** All pools of which it is known what they cost beside those of one size. */
  known(): readonly Known[] {
    return [...this.#latest].flatMap(([pool, { numbers, latelyPercent }]) => {
      if (!numbers) return [];
      const { regretPercent, lossWorkers, best: { workers } } = numbers;
      return [{ pool, latelyPercent, regretPercent, lossWorkers, workers }];
    });
  }

  /** Goes by another configuration; another period begins where it is another one. */
  adopt(config: RegretConfig): void {
    const { enabled, everyMs } = this.#config;
    this.#config = config;
    if (config.enabled !== enabled || config.everyMs !== everyMs) this.#arm();
  }

  /** Looks at the end of each period. */
  get child(): Child {
    const { clock } = this.#parts;
    const logic = loop(clock, ({ at }) => {
      let disarm = () => {};
      this.#stop = new AbortController();
      this.#arm = () => {
        disarm();
        this.#begin();
        if (!this.#isOn) return;
        disarm = at(clock.nowMs() + this.#config.everyMs, () => {
          const ended = this.#samples();
          this.#arm();
          void this.#look(ended);
        });
      };
      this.#arm();
      return () => {
        this.#arm = () => {};
        this.#stop.abort();
        for (const estate of this.#parts.estates().values()) estate.sample = null;
      };
    });
    return { id: "regret", logic };
  }

  get #isOn(): boolean {
    return this.#config.enabled && this.#parts.rehearse !== null;
  }

  /** Jobs of another period are taken from now on. */
  #begin(): void {
    const { clock, estates } = this.#parts;
    const each = Math.max(jobsMin, Math.floor(jobsMax / estates().size));
    for (const estate of estates().values()) {
      estate.sample = this.#isOn ? new JobSample(each, clock.nowMs(), this.#config.everyMs) : null;
    }
    if (!this.#config.enabled) this.#latest.clear();
  }

  #samples(): readonly (readonly [Estate, Sampled])[] {
    return [...this.#parts.estates().values()].flatMap((estate) =>
      estate.sample ? [[estate, estate.sample.sampled] as const] : []
    );
  }

  /** One pool after another. */
  async #look(ended: readonly (readonly [Estate, Sampled])[]): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { signal } = this.#stop;
    for (const [estate, sampled] of ended) {
      const status = await this.#statusOf(estate, sampled, budgetMs / ended.length, signal);
      if (signal.aborted || !this.#isOn) break;
      this.#latest.set(estate.name, status);
    }
    this.#isBusy = false;
  }

  async #statusOf(
    estate: Estate,
    sampled: Sampled,
    ownMs: number,
    signal: AbortSignal,
  ): Promise<RegretStatus> {
    const { clock, cores, isShort, rehearse } = this.#parts;
    const at = new Date(clock.wallMs()).toISOString();
    const latelyPercent = this.of(estate.name)?.latelyPercent ?? [];
    const unknown = (because: string): RegretStatus => ({
      ...{ at, latelyPercent, numbers: null },
      because: `What fixed sizes would have cost is not known: ${because}`,
    });
    const jobs = sampled.atMs.length;
    if (jobs < this.#config.jobsMin) return unknown(`only ${jobs} jobs were there to simulate`);
    if (isShort()) return unknown("the service had no time to simulate anything");
    try {
      const wish = wishOf(estate, sampled, cores(), ownMs);
      if (typeof wish === "string") return unknown(wish);
      const numbers = numbersOf(await rehearse!(wish, signal), sampled);
      const lately = [...latelyPercent, numbers.regretPercent].slice(-latelyMax);
      return { at, because: textOf(numbers), numbers, latelyPercent: lately };
    } catch (error) {
      return unknown(error instanceof Error ? error.message : String(error));
    }
  }
}

function numbersOf({ own, sizes }: RegretEstimate, sampled: Sampled): Numbers {
  const { atMs, serviceMs, spanMs, keptRatio } = sampled;
  const load = serviceMs.reduce((sum, ms) => sum + ms, 0) / spanMs / keptRatio;
  const best = sizes.reduce((best, one) => one.cost < best.cost ? one : best);
  return {
    regretPercent: Math.round(1_000 * (own.cost / best.cost - 1)) / 10,
    lossWorkers: Math.round(100 * load * (own.cost - best.cost)) / 100,
    own,
    best: { ...best, workers: Math.round(best.workers / keptRatio) },
    jobs: atMs.length,
    spanS: Math.round(spanMs / 1_000),
  };
}

/** `It cost 9 % less than 15 workers all the time would have`. */
function textOf({ regretPercent, best: { workers } }: Numbers): string {
  const size = workers === 1 ? "1 worker" : `${workers} workers`;
  const percent = Math.abs(regretPercent);
  if (percent < .1) return `It cost as much as ${size} all the time would have`;
  return `It cost ${percent} % ${regretPercent > 0 ? "more" : "less"} than ${size} all the time ` +
    "would have";
}
