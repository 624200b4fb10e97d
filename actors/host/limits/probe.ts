/**
 * Tries how fast a disk is: writes a file of our own, reads it past the kernel's memory, and removes
 * it. Nobody else's files are touched; it takes 64 MiB and about three seconds at most.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { Refusal } from "../../refusal.ts";
import { readDirectly } from "./direct_read.ts";

/** What is written at once, and how much at most. */
const blockBytes = 2 ** 20;
const blocksMax = 64;
/** Small writes, each of which waits for the disk. */
const smallBytes = 4_096;
const smallMax = 500;
/** Time of each of the two, ms. */
const eachMs = 1_000;
/** What has to be free besides: a probe must not be what fills a disk. */
const freeMin = 2 ** 30;

/** What was found. */
export interface Probe {
  /** Where. */
  readonly folder: string;
  /** By the names of the limits; null: it can't be told here. */
  readonly found: Readonly<Record<string, number | null>>;
}

/** Probes the disk of `data`, null: of temporary files; throws Refusal where there is no room. */
export async function probeDisk(data: string | null): Promise<Probe> {
  const folder = data ?? Deno.env.get("TMPDIR") ?? "/tmp";
  const { bsize, bavail } = statfsSync(folder);
  if (bavail * bsize < freeMin + blocksMax * blockBytes) {
    throw new Refusal(
      "storage_full",
      `Cannot probe the disk of ${folder}: less than 1 GiB is free`,
    );
  }
  const path = await Deno.makeTempFile({ dir: folder, prefix: "probe-" });
  try {
    const written = await write(path);
    const [bytes, reads] = [
      await readDirectly(path, blockBytes, written.blocks),
      await readDirectly(
        path,
        smallBytes,
        Math.min(smallMax, written.blocks * blockBytes / smallBytes),
      ),
    ];
    return {
      folder,
      found: {
        diskWrittenBytesPerS: written.bytesPerS,
        diskWritesPerS: written.writesPerS,
        diskReadBytesPerS: bytes && bytes.blocksPerS * blockBytes,
        diskReadsPerS: reads && reads.blocksPerS,
      },
    };
  } finally {
    await Deno.remove(path);
  }
}

/** Large blocks until the disk has them all, then small ones that are waited for one by one. */
async function write(path: string) {
  using file = await Deno.open(path, { write: true });
  // What compresses well says nothing of a disk that compresses.
  const block = new Uint8Array(blockBytes);
  for (let at = 0; at < blockBytes; at += 65_536) {
    crypto.getRandomValues(block.subarray(at, at + 65_536));
  }
  const startMs = performance.now();
  let blocks = 0;
  while (blocks < blocksMax && performance.now() < startMs + eachMs) {
    await writeAll(file, block);
    blocks++;
  }
  await file.syncData();
  const tookMs = Math.max(1, performance.now() - startMs);
  await file.seek(0, Deno.SeekMode.Start);
  const smallMs = performance.now();
  let small = 0;
  while (small < smallMax && performance.now() < smallMs + eachMs) {
    await writeAll(file, block.subarray(0, smallBytes));
    await file.syncData();
    small++;
  }
  return {
    blocks,
    bytesPerS: 1_000 * blocks * blockBytes / tookMs,
    writesPerS: 1_000 * small / Math.max(1, performance.now() - smallMs),
  };
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length;) from += await file.write(bytes.subarray(from));
}
