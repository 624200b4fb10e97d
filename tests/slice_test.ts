/** A worker for commands asks for a core for a short time, and what it starts does not. */
import { assertEquals } from "@std/assert";
import { openLibc } from "../worker/libc.ts";
import { shortenSlice } from "../worker/slice.ts";

/** Stays open, as in a worker. */
const libc = openLibc();

/** A kernel that knows a thread by its policy and its nice value; what it is told of it. */
function kernel(policy: number, nice: number) {
  const told: number[][] = [];
  return {
    told,
    getAttributes(_call: number | bigint, _pid: number, bytes: AllowSharedBufferSource | null) {
      const words = bytes as Uint8Array<ArrayBuffer>;
      new Uint32Array(words.buffer).set([48, policy, 2, 0, nice, 0, 1_400_000]);
      return 0n;
    },
    setAttributes(_call: number | bigint, _pid: number, bytes: AllowSharedBufferSource | null) {
      told.push([...new Uint32Array((bytes as Uint8Array<ArrayBuffer>).buffer)]);
      return 0n;
    },
  };
}

Deno.test("slice: is asked for besides all that the thread has, for nobody else", () => {
  const { told, ...calls } = kernel(0, 5);
  shortenSlice(calls);
  assertEquals(told, [[48, 0, 2 | 1, 0, 5, 0, 100_000, 0, 0, 0, 0, 0]]);
});

Deno.test("slice: a thread of another policy keeps it", () => {
  const { told, ...calls } = kernel(3, 0);
  shortenSlice(calls);
  assertEquals(told, []);
});

Deno.test({ name: "slice: the kernel takes it", ignore: libc === null }, () => {
  let answer: number | bigint = -1;
  shortenSlice({
    getAttributes: libc!.getAttributes,
    setAttributes: (...args) => answer = libc!.setAttributes(...args),
  });
  assertEquals(Number(answer), 0);
});
