/**
 * What commands cost beside other ways of running them.
 *
 * @module
 */
import { commandsBench } from "../../../bench/commands_bench.ts";
import { once } from "../main_job/once.ts";
import { atLeast, type Measured, type Row } from "../row.ts";

type Result = Awaited<ReturnType<typeof commandsBench>>;

/** All rows of this part. */
export function commandRows(quick: boolean): readonly Row[] {
  const [commands, runs] = quick ? [50, 1] : [10_000, 7];
  const bench = once(() => commandsBench(commands, runs));
  const detail = `${runs} runs of ${commands} that take turns`;
  const row = (line: string, judge: (result: Result) => Measured): Row => ({
    line,
    run: async () => judge(await bench()),
  });
  const ratio = (
    ways: "vs" | "map_vs",
    peer: string,
    limit: number,
  ) =>
    row(
      `Commands (${ways === "vs" ? "captured, contained" : "flyball map"}) to ${peer}, 2 in flight`,
      (result) => atLeast(result[ways][peer] ?? NaN, limit, "x", detail),
    );
  return [
    ratio("vs", "xargs", 1),
    ratio("vs", "parallel", 6),
    ratio("vs", "deno_command", 0.9),
    ratio("map_vs", "xargs", 1),
    row(
      "Commands at the default level of containment to none",
      (result) => atLeast(result.contained_vs_uncontained, 0.85, "x", detail),
    ),
  ];
}
