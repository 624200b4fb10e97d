/**
 * Whether disks share what they can do by weights: only some schedulers of the kernel do.
 *
 * @module
 */
import type { KernelFiles } from "./kernel_files.ts";

/** Where the kernel's model of what requests cost is switched on, for each disk. */
const costs = ["/sys/fs/cgroup/io.cost.qos", "/sys/fs/cgroup/unified/io.cost.qos"];

/** Why no disk heeds the weights of control groups; null where one does. */
export function weightless({ read, list }: KernelFiles): string | null {
  const isFair = (disk: string) => read(`/sys/block/${disk}/queue/scheduler`)?.includes("[bfq]");
  if ((list("/sys/block") ?? []).some(isFair)) return null;
  if (costs.some((path) => /\benable=1\b/.test(read(path) ?? ""))) return null;
  return "no disk has the scheduler bfq, and io.cost is not enabled";
}
