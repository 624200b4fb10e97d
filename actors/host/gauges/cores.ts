/**
 * The cores that this process may run on.
 *
 * @module
 */
import type { ReadText } from "../read_text.ts";

/** How many there are, by affinity and cpuset; null when that can't be told. */
export function affineCores(read: ReadText): number | null {
  const list = read("/proc/self/status")?.match(/^Cpus_allowed_list:\s+(\S{1,4096})$/m)?.[1];
  if (list === undefined) return null;
  let count = 0;
  for (const range of list.split(",")) {
    const [, from, to = from] = range.match(/^(\d{1,5})(?:-(\d{1,5}))?$/) ?? [];
    const cores = Number(to) - Number(from) + 1;
    if (!(cores > 0)) return null;
    count += cores;
  }
  return count;
}
