/**
 * Readings by chance, for trying policies out: calm ones, wild ones, and ones that say little.
 *
 * @module
 */
import { type Reading, type SignalName, signals } from "../../messages/signals.ts";

const names = Object.keys(signals) as SignalName[];
/** Signals that may be a part of one. */
const parts: readonly SignalName[] = ["cores"];

/** Numbers 0..1 by seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A calm pool of 4 workers on 2 cores, seen well. */
export function calm(part: Partial<Reading> = {}): Reading {
  const nothing = Object.fromEntries(
    names.map((name) => [name, signals[name].nullable ? null : 0]),
  ) as unknown as Reading;
  return Object.freeze({
    ...nothing,
    nowMs: 0,
    wallMs: 1_700_000_000_000,
    cores: 2,
    cpuRatio: .3,
    memoryRatio: .5,
    memoryAvailableBytes: 4e9,
    hostStaleMs: 3_000,
    workers: 4,
    idle: 4,
    workerBytes: 40e6,
    ...part,
  });
}

/** `count` readings in the order of time, by the seed. */
export function anyReadings(seed: number, count: number): readonly Reading[] {
  const random = numbers(seed);
  let nowMs = 0;
  return Array.from({ length: count }, () => {
    nowMs += Math.floor(random() * (random() < .2 ? 20_000 : 1_000));
    const values = names.map((name) => [name, valueOf(name, random)]);
    const reading = Object.fromEntries(values) as unknown as Reading;
    return Object.freeze({ ...reading, nowMs, wallMs: 1_700_000_000_000 + nowMs });
  });
}

function valueOf(name: SignalName, random: () => number): number | null {
  const { max, nullable } = signals[name];
  if (nullable && random() < .1) return null;
  // Small, large, and 0, each often enough.
  const most = random() < .5 ? Math.min(40, max) : Math.min(1e6, max);
  const value = random() < .1 ? 0 : random() * most;
  if (parts.includes(name)) return Math.max(.5, Math.min(64, value));
  return max === Infinity && !name.endsWith("Ms") ? Math.round(value) : value;
}
