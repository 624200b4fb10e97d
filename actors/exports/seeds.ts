/**
 * The eight metrics that monitoring commonly has under these names, told apart by `component`,
 * `operation` and `status`.
 *
 * @module
 */
import type { TreeVitals } from "../../messages/vitals.ts";
import { type Family, gauge, histogram, type Sample } from "./family.ts";
import type { Sight } from "./sight.ts";

/** The families of a moment. */
export function seedFamilies(sight: Sight): readonly Family[] {
  return [...hostFamilies(sight), ...jobFamilies(sight)];
}

function hostFamilies({ status: { host } }: Sight): readonly Family[] {
  const { cores, memory, network, disk, trees } = host;
  const ofTrees = (value: (tree: TreeVitals) => number | null, whole: number): Sample[] =>
    (["service", "workers"] as const).map((component) => {
      const own = trees.filter(({ seat }) => (seat === null) === (component === "service"));
      return [{ component }, own.length === 0 ? null : sumOf(own.map(value)) / whole];
    });
  const host_ = { component: "host" };
  const rate = (operation: string, perS: number | null | undefined): Sample => [
    { ...host_, operation },
    perS ?? null,
  ];
  return [
    gauge("cpu_usage", "Share of the cores in use, 0 to 1.", [
      [host_, host.cpuRatio],
      ...ofTrees(({ cpuCores }) => cpuCores, cores),
    ]),
    gauge("memory_usage", "Share of the memory in use, 0 to 1.", [
      [host_, host.memoryRatio],
      ...(memory ? ofTrees(({ residentBytes }) => residentBytes, memory.totalBytes) : []),
    ]),
    gauge("network_io", "Bytes a second over the network.", [
      rate("receive", network?.receivedBytesPerS),
      rate("send", network?.sentBytesPerS),
    ]),
    gauge("disk_io", "Bytes a second from and to disks.", [
      rate("read", disk?.readBytesPerS),
      rate("write", disk?.writtenBytesPerS),
    ]),
  ];
}

function jobFamilies({ status, totals, minute, answers }: Sight): readonly Family[] {
  const queued = sumOf(status.pools.map(({ queued }) => queued));
  const seconds = (Date.parse(minute.to) - Date.parse(minute.from)) / 1_000;
  const inQueue = (state: string, jobs: number): Sample => [
    { component: "queue", status: state },
    jobs,
  ];
  const component = "worker";
  return [
    histogram(
      "request_latency",
      "Seconds that jobs waited (queue) and ran (worker), and that answers of the API took (api).",
      [
        ...[...answers].map(([operation, ms]) => [{ component: "api", operation }, ms] as const),
        ...[...totals].flatMap(([operation, { waitMs, durationMs }]) => [
          [{ component: "queue", operation }, waitMs] as const,
          [{ component, operation }, durationMs] as const,
        ]),
      ],
    ),
    gauge("queue_length", "Jobs that wait: for a worker, for something else, for their instant.", [
      inQueue("queued", queued),
      inQueue("held", Math.max(0, status.pending - queued)),
      inQueue("scheduled", status.scheduled),
    ]),
    gauge(
      "error_rate",
      "Share of the jobs of the last minute that did not end done, 0 to 1.",
      minute.items.map(({ labels, successRatio }) => [
        { component, operation: labels.operation! },
        successRatio === null ? null : 1 - successRatio,
      ]),
    ),
    gauge(
      "throughput",
      "Jobs that ended in a second, mean of the last minute.",
      minute.items.flatMap(({ labels, done, failed }): Sample[] => {
        const operation = labels.operation!;
        return [
          [{ component, operation, status: "done" }, done / seconds],
          [{ component, operation, status: "failed" }, failed / seconds],
        ];
      }),
    ),
  ];
}

const sumOf = (numbers: readonly (number | null)[]): number =>
  numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0);
