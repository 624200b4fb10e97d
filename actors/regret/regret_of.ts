/**
 * The meter of a system.
 *
 * @module
 */
import type { Brownout } from "../brownout.ts";
import type { Estate } from "../estate.ts";
import type { Ports } from "../ports.ts";
import type { Sampler } from "../sampler.ts";
import { RegretMeter } from "./meter.ts";

export type { RegretMeter } from "./meter.ts";

/** Whose pools are compared. */
export interface Compared {
  readonly ports: Pick<Ports, "clock" | "rehearse">;
  readonly sampler: Pick<Sampler, "latest">;
  readonly brownout: Pick<Brownout, "level">;
  readonly estates: ReadonlyMap<string, Estate>;
}

/** Makes it; it takes no jobs before its start. */
export function regretOf(system: Compared): RegretMeter {
  const { ports, sampler, brownout } = system;
  return new RegretMeter({
    clock: ports.clock,
    rehearse: ports.rehearse ?? null,
    estates: () => system.estates,
    cores: () => sampler.latest.cores,
    isShort: () => brownout.level > 0,
  });
}
