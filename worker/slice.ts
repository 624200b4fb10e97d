/**
 * How soon this thread gets a core that a command has.
 *
 * Who has slept while others worked gets a core at once where it asks for it for a shorter time than
 * they do. Without that, a core may rest while we wait for the one that a command has.
 *
 * @module
 */
import type { Libc } from "./libc.ts";

/** `sched_getattr` and `sched_setattr`. */
const [getAttributes, setAttributes] = Deno.build.arch === "x86_64"
  ? [315n, 314n] as const
  : [275n, 274n] as const;

/** What the kernel is told of a thread, in words of 4 bytes: its size, and where the others stand. */
const attributesBytes = 48;
const [sizeAt, policyAt, flagsAt, sliceAt] = [0, 1, 2, 6] as const;
/** The policy of most threads, the only one that is changed. */
const usual = 0;
/** What this thread starts does not inherit it. */
const notInherited = 1;

/** The shortest that the kernel takes, ns. */
const sliceNs = 100_000;

/** Asks for it; kernels before 6.12 do not mind. */
export function shortenSlice(libc: Pick<Libc, "getAttributes" | "setAttributes">): void {
  const words = new Uint32Array(attributesBytes / 4);
  const bytes = new Uint8Array(words.buffer);
  words[sizeAt] = attributesBytes;
  if (libc.getAttributes(getAttributes, 0, bytes, attributesBytes, 0) < 0) return;
  if (words[policyAt] !== usual) return;
  words[flagsAt]! |= notInherited;
  words[sliceAt] = sliceNs;
  libc.setAttributes(setAttributes, 0, bytes, 0);
}
