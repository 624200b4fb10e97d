/**
 * Which runs there are, and which trouble each of them meets.
 *
 * @module
 */
import { type Feature, features } from "./features.ts";

/**
 * What goes wrong once in a run: its origin is gone, its build is killed, its provider answers 429,
 * 500, with half an answer, late, or with code that does nothing.
 */
export type Fault = "gone" | "killed" | "tooMany" | "broken" | "cut" | "slow" | "wrong";

/** What share of all runs meets which. Of `wrong` code nobody recovers without a person. */
const mix: readonly (readonly [fault: Fault, ratio: number])[] = [
  ["wrong", 0.05],
  ["tooMany", 0.1],
  ["gone", 0.1],
  ["killed", 0.05],
  ["broken", 0.1],
  ["cut", 0.05],
  ["slow", 0.03],
];

/** One feature of one project on its way through the stages. */
export interface Run {
  /** Names its workflow, its branch and its correlation. */
  readonly id: string;
  /** Whose it is. */
  readonly project: string;
  /** Its number in its project, from 1. */
  readonly round: number;
  /** What is wanted. */
  readonly feature: Feature;
  /** What it meets; null: nothing. */
  readonly fault: Fault | null;
  /** W3C trace context of the run. */
  readonly traceparent: string;
}

/** What runs are made of. */
export interface PlanOptions {
  /** How many projects. */
  readonly projects: number;
  /** Runs of each. */
  readonly rounds: number;
  /** Whether things go wrong. */
  readonly faults: boolean;
  /** The same number gives the same runs. */
  readonly seed: number;
}

/** All runs, those of a project one after another. */
export function planRuns({ projects, rounds, faults, seed }: PlanOptions): readonly Run[] {
  const random = chance(seed);
  const met = faults ? deal(projects * rounds, random) : [];
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
  return Array.from({ length: projects * rounds }, (_, i) => {
    const at = Math.floor(i / rounds);
    const round = i % rounds + 1;
    const project = `project-${String(at + 1).padStart(2, "0")}`;
    return {
      id: `${project}.${round}`,
      project,
      round,
      feature: features[i % features.length]!,
      fault: met[i] ?? null,
      traceparent: `00-${hex(31)}1-${hex(15)}1-01`,
    };
  });
}

/** Faults for so many runs, at least one of each while there are runs, in a random order. */
function deal(runs: number, random: () => number): readonly (Fault | null)[] {
  const dealt: (Fault | null)[] = mix
    .filter(([fault]) => fault !== "wrong" || runs >= 5) // Of fewer it would be too large a share.
    .flatMap(([fault, ratio]) => Array(Math.max(1, Math.round(runs * ratio))).fill(fault))
    .slice(0, runs);
  while (dealt.length < runs) dealt.push(null);
  for (let i = runs - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [dealt[i], dealt[other]] = [dealt[other]!, dealt[i]!];
  }
  return dealt;
}

/** Numbers 0..1 that follow from a seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
