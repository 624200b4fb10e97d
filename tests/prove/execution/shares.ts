/**
 * Commands with a share of CPU time, where the kernel does not hold them to it.
 *
 * @module
 */
import { realClock } from "../../../actors/host.ts";
import { trees } from "../../../actors/host/trees.ts";
import { Meter } from "../../../actors/limits/meter.ts";
import { cpuMsOf } from "../../../actors/limits/tree.ts";
import { ManualClock } from "../../manual_clock.ts";
import { commands } from "../../memory_stage.ts";
import { jobOf } from "../../orders.ts";
import { puppet } from "../../puppet.ts";
import { once } from "../main_job/once.ts";
import { atLeast, atMost, type Row } from "../row.ts";
import { median } from "../sample.ts";

/** What burns all it can get: one process, two of them, and one that starts another again and again. */
const burners: Readonly<Record<string, string>> = {
  one: "while :; do :; done",
  two: "(while :; do :; done) & while :; do :; done",
  many: "while :; do seq 20000 > /dev/null; done",
};

const sharesOf = [0.1, 0.25, 0.5];

/** CPU time that a burner had of what it may have, over `lengthMs`. */
async function share(text: string, cpuCores: number, lengthMs: number): Promise<number> {
  const real = trees(null);
  const meter = new Meter(realClock, real);
  const { link } = puppet(new ManualClock(), {}, { pid: Deno.pid });
  const job = jobOf(1, {}, { operation: commands, limits: { cpuCores } });
  const [program, ...args] = ["/bin/sh", "-c", text];
  const child = new Deno.Command(program!, { args, detached: true }).spawn();
  const startMs = performance.now();
  meter.spawned(link, job, child.pid);
  await new Promise((resolve) => setTimeout(resolve, lengthMs));
  const rows = real.list().rows.filter(({ session }) => session === child.pid);
  const ratio = cpuMsOf(rows) / (performance.now() - startMs) / cpuCores;
  real.kill(rows.map(({ pid }) => pid));
  await child.status;
  meter.ended(link, job);
  meter.close();
  return ratio;
}

/** Rows over all burners and shares. */
export function shareRows(quick: boolean): readonly Row[] {
  const lengthMs = quick ? 1_500 : 5_000;
  const all = once(async () => {
    const seen: { readonly name: string; readonly ratio: number }[] = [];
    for (const [name, text] of Object.entries(burners)) {
      for (const cpuCores of quick ? [0.25] : sharesOf) {
        const ratio = await share(text, cpuCores, lengthMs);
        seen.push({ name: `${name} ${cpuCores}`, ratio });
      }
    }
    return seen;
  });
  const told = async () =>
    (await all()).map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}`).join(", ");
  return [
    {
      line: "burners limited to a share of a core without groups: median of what they had of it",
      run: async () => {
        const ratio = median((await all()).map(({ ratio }) => ratio));
        return atMost(Number(ratio.toFixed(3)), 1.2, "x", await told());
      },
    },
    {
      line: "burners limited to a share of a core without groups: least that one had of it",
      run: async () => {
        const least = Math.min(...(await all()).map(({ ratio }) => ratio));
        return atLeast(Number(least.toFixed(3)), 0.5, "x");
      },
    },
  ];
}
