/** The programs that hold running processes to limits, as the kernel tells. */
import { assertEquals, assertMatch } from "@std/assert";
import { gauges } from "../actors/host.ts";
import { kernelFiles } from "../actors/host/kernel_files.ts";
import { readText } from "../actors/host/read_text.ts";
import { trees } from "../actors/host/trees.ts";
import type { Limits } from "../messages/limits.ts";
import { until } from "./until.ts";

const linux = Deno.build.os === "linux" && gauges().residentBytes(Deno.pid) !== null;
const { unable, cores } = trees(null);
const missing = (["nice", "openFiles", "affinity"] as const).some((name) => unable[name]);

/** Processes as if this one were as nice as `nice`. */
const seenAs = (nice: number) =>
  trees(null, {
    ...kernelFiles(),
    read(path) {
      const text = readText(path);
      if (path !== "/proc/self/stat" || text === null) return text;
      const end = text.lastIndexOf(")") + 2;
      return text.slice(0, end) + text.slice(end).split(" ").toSpliced(16, 1, `${nice}`).join(" ");
    },
  });

/** A process that does nothing, and what the kernel says of it. */
function sleeper() {
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const told = (file: string, pattern: RegExp) =>
    Deno.readTextFileSync(`/proc/${child.pid}/${file}`).match(pattern)?.[1];
  return {
    pid: child.pid,
    nice: () => Number(told("stat", /\) (?:\S+ ){16}(-?\d+) /)),
    openFiles: () => Number(told("limits", /Max open files +(\d+)/)),
    cores: () => told("status", /Cpus_allowed_list:\s+(\S+)/),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

Deno.test({
  name: "tools: niceness of what runs is added to ours, as it is at a start",
  ignore: !linux || missing,
  fn: async () => {
    await using process = sleeper();
    const { hold } = seenAs(4);
    await hold([process.pid], { nice: 7 });
    assertEquals(process.nice(), 11);
    await hold([process.pid], { nice: 18 });
    assertEquals(process.nice(), 19, "nicer there is nothing");
  },
});

Deno.test({
  name: "tools: what is held no more is as it is for us, where we may",
  ignore: !linux || missing,
  fn: async () => {
    await using process = sleeper();
    const { hold } = trees(null);
    /** What the kernel says before, while it is held, and when it is held no more. */
    const look = async (told: () => unknown, limits: Limits) => {
      const usual = told();
      await hold([process.pid], limits);
      const held = told();
      const refused = await hold([process.pid], {}, limits).catch(String);
      if (refused) assertMatch(refused, /not permitted|Permission denied/);
      else await until(() => told() === usual);
      return [held, refused ? usual : told(), usual];
    };
    const core = cores.at(-1)!;
    const [pinned, ...free] = await look(process.cores, { affinity: [core] });
    assertEquals([pinned, free[0]], [String(core), free[1]]);
    const [few, ...many] = await look(process.openFiles, { openFiles: 100 });
    assertEquals([few, many[0]], [100, many[1]]);
    const own = process.nice();
    const [nicer, ...usual] = await look(process.nice, { nice: 3 });
    assertEquals([nicer, usual[0]], [Math.min(19, own + 3), usual[1]]);
  },
});
