/**
 * Looks at the host: on time, cheap, and of a disk what `dd` says of it.
 *
 * @module
 */
import { probeDisk } from "../../../actors/host/limits/probe.ts";
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { median, runsDefault } from "../sample.ts";
import type { LooksSide } from "./looks_side.ts";
import { side } from "./side.ts";

/** As much as a probe writes, in blocks of the same size. */
const blocks = 64;
const blockBytes = 2 ** 20;

/** Bytes a second of one `dd` with these operands. */
async function dd(...operands: readonly string[]): Promise<number> {
  const { success, stderr } = await new Deno.Command("dd", {
    args: ["bs=1M", `count=${blocks}`, ...operands],
    env: { LC_ALL: "C" },
    stdout: "null",
  }).output();
  const said = new TextDecoder().decode(stderr);
  const seconds = Number(/copied, ([\d.e-]+) s/.exec(said)?.[1]);
  if (!success || !(seconds > 0)) throw new Error(`dd: ${said.trim()}`);
  return blocks * blockBytes / seconds;
}

/** What a probe finds among what `dd` does, for writes and reads; both in turn, in this folder. */
async function besideDd(runs: number) {
  const folder = await Deno.makeTempDir({ prefix: "flyball_probe_", dir: Deno.cwd() });
  const [source, target] = [`${folder}/source`, `${folder}/target`];
  const written: number[] = [];
  const read: number[] = [];
  try {
    // What compresses well says nothing of a disk that compresses.
    await dd("if=/dev/urandom", `of=${source}`);
    for (let run = 0; run < runs; run++) {
      const { found } = await probeDisk(folder);
      written.push(
        found.diskWrittenBytesPerS! / await dd(`if=${source}`, `of=${target}`, "conv=fdatasync"),
      );
      const direct = found.diskReadBytesPerS ?? null;
      if (direct !== null) {
        read.push(direct / await dd(`if=${target}`, "of=/dev/null", "iflag=direct"));
      }
      await Deno.remove(target);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return { written, read };
}

/** How far the middle of some ratios is from 1. */
function off(ratios: readonly number[]) {
  if (ratios.length === 0) throw new Error("Skipped: this file system has no direct reads");
  const told = `probe to dd ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`;
  return atMost(Number(Math.abs(median(ratios) - 1).toFixed(3)), .3, "of dd's", told);
}

/** Rows of this part. */
export function lookRows(quick: boolean): readonly Row[] {
  const seconds = quick ? 3 : 60;
  const seen = once(() => side<LooksSide>("looks_side.ts", 1_000 * seconds));
  const ratios = once(() => besideDd(quick ? 1 : runsDefault));
  return [
    {
      line: `looks at the host in ${seconds} s: each at its second, the farthest off`,
      run: async () => {
        const { looks, jitterMs } = await seen();
        return atMost(Number(jitterMs.toFixed(1)), 50, "ms", `${looks} looks`);
      },
    },
    {
      line: `looks at the host in ${seconds} s: their number`,
      run: async () => exactly((await seen()).looks, seconds, "looks"),
    },
    {
      line: `looks at the host in ${seconds} s: CPU of a process that does nothing else`,
      run: async () => atMost((await seen()).cpuSeconds, .01 * seconds, "s"),
    },
    {
      line: "a probe of a disk writes as fast as dd: how far from it",
      run: async () => off((await ratios()).written),
    },
    {
      line: "a probe of a disk reads as fast as dd: how far from it",
      run: async () => off((await ratios()).read),
    },
  ];
}
