/** Messages in lines: what is said comes out as it went in, and nobody takes a line for a frame. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { line, mannerOf, openingBytes, Unliner } from "../messages/lines.ts";
import { encode, frame, frameBytesMax, messages, Unframer } from "../messages/wire.ts";
import { feed } from "./wire_bytes.ts";

const text = (batch: readonly unknown[]) => JSON.stringify(batch).slice(1, -1);
const bytes = (content: string) => new TextEncoder().encode(content);
const feedLines = (pieces: readonly Uint8Array[], onBatch?: (batch: unknown[]) => void) =>
  feed(pieces, onBatch, new Unliner());

const batch = fc.array(fc.jsonValue({ maxDepth: 2 })).map((all) => JSON.parse(JSON.stringify(all)));

Deno.test("lines: any cut of a stream gives the same batches, whatever is in them", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 9 });
  fc.assert(fc.property(fc.array(batch, { maxLength: 9 }), sizes, (all, sizes) => {
    const stream = new Uint8Array(all.flatMap((one) => [...line(text(one))]));
    const pieces: Uint8Array[] = [];
    for (let at = 0, i = 0; at < stream.length; i++) {
      const size = sizes[i % sizes.length]!;
      pieces.push(stream.subarray(at, at + size));
      at += size;
    }
    assertEquals(feedLines(pieces), all);
  }));
});

Deno.test("lines: who says hello in lines is answered so, who says it in frames too", () => {
  const nonce = fc.string({ unit: "grapheme", maxLength: 200 });
  fc.assert(fc.property(nonce, fc.nat(), fc.nat(), (nonce, pid, generation) => {
    const hello = encode(messages.hello.kind, 1, pid, generation, nonce);
    const said = (bytes: Uint8Array) => mannerOf(bytes.subarray(0, openingBytes));
    assert(said(line(hello)).reader instanceof Unliner);
    assertEquals(said(line(hello)).write, line);
    assert(said(frame(hello)).reader instanceof Unframer);
    assertEquals(said(frame(hello)).write, frame);
  }));
  // All lengths that a frame may have, of those that begin as a line does.
  for (let size = 0x5b; size <= frameBytesMax; size += 0x100) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, size, true);
    if (mannerOf(length).write !== frame) throw new Error(`${size} was taken for a line`);
  }
});

Deno.test("lines: what is not a JSON array in UTF-8 is refused", () => {
  for (const content of ["", "[1", "[1]]", "[NaN]", "{"]) {
    assertThrows(() => feedLines([bytes(`${content}\n`)]), SyntaxError);
  }
  for (const content of ["{}", "1", "null", '"x"']) {
    assertThrows(() => feedLines([bytes(`${content}\n`)]), TypeError, "line is not an array");
  }
  const strange = new Uint8Array([0x5b, 0x22, 0xff, 0x22, 0x5d, 10]);
  assertThrows(() => feedLines([strange]), TypeError);
});

Deno.test("lines: one that is too long is refused before its end has come", () => {
  const most = "x".repeat(frameBytesMax - '[""]'.length - 1);
  const heard: unknown[][] = [];
  assertEquals(feedLines([line(`"${most}"`), line("1")]).map(([first]) => first), [most, 1]);
  assertThrows(() => line(`"${most}x"`), RangeError, `<= ${frameBytesMax} bytes`);
  const endless = [line("29,1"), bytes("[".repeat(frameBytesMax + 1))];
  assertThrows(() => feedLines(endless, (batch) => heard.push(batch)), RangeError, "line of more");
  assertEquals(heard, [[29, 1]]);
});
