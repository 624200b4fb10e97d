/**
 * Faults that come of themselves: nothing that is asked for gives them an occasion.
 *
 * @module
 */
import type { Site } from "./life.ts";
import { type Fault, freezeMaxMs } from "./weather.ts";

/** Mean time between the occasions for a fault, ms. */
const occasionsMs = {
  deaths: 300,
  garbage: 100,
  kills: 8_000,
  jumps: 5_000,
  freezes: 5_000,
  stops: 1_000,
} as const;

/** How far the wall clock jumps, and how long a worker is stopped, ms. */
const jumpMaxMs = 7_200_000;
const stopMaxMs = 12_000;

/** What is done to the service as a whole. */
export interface Victim {
  kill(): void;
  freeze(ms: number): void;
}

/** Lets faults strike `victim` and its workers until it is calm. */
export function storm(site: Site, victim: Victim): void {
  const { clock, weather, yard, witness } = site;
  const some = (fault: Fault) => weather.pick(fault, [...yard.processes.values()]);
  const blows = {
    deaths: () => some("deaths")?.die(),
    garbage: () => some("garbage")?.babble(),
    kills: () => victim.kill(),
    jumps: () => {
      site.aheadMs += weather.between("jumps", -jumpMaxMs, jumpMaxMs);
      witness.say(`the wall clock is ${Math.round(site.aheadMs)} ms ahead`);
    },
    freezes: () => {
      const ms = weather.between("freezes", 100, freezeMaxMs);
      witness.say(`frozen for ${Math.round(ms)} ms`);
      victim.freeze(ms);
    },
    stops: () => {
      const process = some("stops");
      process?.halt();
      const ms = weather.between("stops", 100, stopMaxMs);
      clock.at(clock.nowMs() + ms, () => process?.resume());
    },
  };
  for (const [name, everyMs] of Object.entries(occasionsMs)) {
    const fault = name as keyof typeof occasionsMs;
    const again = () =>
      clock.at(clock.nowMs() + weather.between(fault, 0, 2 * everyMs), () => {
        if (weather.isCalm) return;
        if (weather.strikes(fault)) blows[fault]();
        again();
      });
    if (weather.on.has(fault)) again();
  }
}
