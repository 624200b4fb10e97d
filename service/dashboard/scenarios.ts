/**
 * Workloads that can be simulated by their name.
 *
 * @module
 */

/** The ones that need nothing but their name, those that tell most first. */
export const scenarios: readonly string[] = [
  ...["flash", "step", "ramp", "steady", "mmpp", "cron", "sparse", "prio", "mixed", "memtight"],
  ...["cpu8", "cpuover"],
];
