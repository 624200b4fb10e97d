/**
 * Who compares the pools of a system, and their policies.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import type { Brownout } from "../brownout.ts";
import type { Estate } from "../estate.ts";
import type { Journal } from "../journal.ts";
import type { Ports } from "../ports.ts";
import type { Sampler } from "../sampler.ts";
import { RegretMeter } from "./meter.ts";
import { Rivals } from "./rivals.ts";

/** Who compares pools with others, and their policies with each other. */
export interface Regrets {
  readonly meter: RegretMeter;
  readonly rivals: Rivals;
}

/** Whose pools are compared. */
export interface Compared {
  readonly ports: Pick<Ports, "clock" | "rehearse">;
  readonly sampler: Pick<Sampler, "latest">;
  readonly brownout: Pick<Brownout, "level">;
  readonly estates: ReadonlyMap<string, Estate>;
  readonly journal: Pick<Journal, "note">;
}

/** Makes both; they take no jobs before their start. */
export function regretsOf(system: Compared): Regrets {
  const { ports, sampler, brownout } = system;
  const parts = {
    clock: ports.clock,
    rehearse: ports.rehearse ?? null,
    estates: () => system.estates,
    cores: () => sampler.latest.cores,
    isShort: () => brownout.level > 0,
    note: (fact: ControlFact) => system.journal.note(fact),
  };
  return { meter: new RegretMeter(parts), rivals: new Rivals(parts) };
}
