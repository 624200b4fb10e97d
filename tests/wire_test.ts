/** The wire: every message of the table there and back, and what is not a message refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  arity,
  encode,
  type Field,
  frame,
  frameBytesMax,
  malformed,
  messages,
  type MessageShape,
  Unframer,
} from "../messages/wire.ts";
import { feed, framed, headed } from "./wire_bytes.ts";

const table: readonly [string, MessageShape][] = Object.entries(messages);
const shapes = table.map(([, shape]) => shape);
const other = { up: "down", down: "up" } as const;

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));
const count = fc.maxSafeNat();

const valueOf: Record<Field, fc.Arbitrary<unknown>> = {
  count,
  number: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
  text: fc.string({ unit: "grapheme" }),
  ids: fc.array(count, { maxLength: 20 }),
  any: json,
};

/** What a field of each type must not be. `any` has no wrong value. */
const strangers: Record<Field, readonly unknown[]> = {
  count: [-1, 1.5, 2 ** 53, NaN, Infinity, null, "1", [1], {}, true],
  number: [-0.1, NaN, Infinity, -Infinity, null, "1", [1], {}, true],
  text: [0, null, ["x"], {}, false],
  ids: [0, null, "1", [-1], [1.5], [null], ["1"], [[1]], { length: 0 }],
  any: [],
};

const anyMessage = (shape: MessageShape): fc.Arbitrary<unknown[]> =>
  fc.tuple(...Object.values(shape.fields).map((field) => valueOf[field]))
    .map((fields) => [shape.kind, ...fields]);

const messageOf = (direction: "up" | "down") =>
  fc.oneof(...shapes.filter((shape) => shape.direction === direction).map(anyMessage));

const batchOf = (direction: "up" | "down") =>
  fc.array(messageOf(direction), { maxLength: 12 }).map((all) => all.flat());

const text = (batch: readonly unknown[]) => JSON.stringify(batch).slice(1, -1);

Deno.test("wire: the table's kinds are unlike and its arities are told", () => {
  assertEquals(new Set(shapes.map(({ kind }) => kind)).size, shapes.length);
  for (const { kind, fields } of shapes) assertEquals(arity(kind), Object.keys(fields).length);
  for (const kind of [0, -1, 1.5, NaN, 8, 19, 99, 1e9]) assertEquals(arity(kind), 0);
});

for (const [name, shape] of table) {
  Deno.test(`wire: ${name} comes out as it went in`, () => {
    fc.assert(fc.property(anyMessage(shape), (message) => {
      const [kind, ...fields] = message;
      const bytes = frame(encode(kind as number, ...fields));
      const [batch] = feed([bytes]);
      assertEquals(batch, message.map((field) => Object.is(field, -0) ? 0 : field));
      assertEquals(malformed(batch!, shape.direction), null);
    }));
  });

  Deno.test(`wire: ${name} is refused the other way, cut short, or with a wrong field`, () => {
    fc.assert(
      fc.property(anyMessage(shape), (message) => {
        const { direction, fields } = shape;
        assert(malformed(message, other[direction])?.startsWith(`unknown kind ${shape.kind} at 0`));
        for (let length = 1; length < message.length; length++) {
          const said = malformed(message.slice(0, length), direction);
          assertEquals(said, `kind ${shape.kind} is cut short at 0`);
        }
        Object.values(fields).forEach((field, i) => {
          for (const stranger of strangers[field]) {
            const said = malformed(message.with(i + 1, stranger), direction);
            assertEquals(said, `kind ${shape.kind} wants ${field} as field ${i + 1} at 0`);
          }
        });
      }),
      { numRuns: 20 },
    );
  });
}

for (const direction of ["up", "down"] as const) {
  Deno.test(`wire: a batch ${direction} is well formed until one value of it is not`, () => {
    const strange = fc.constantFrom<unknown>(0, -1, 1.5, 8, 99, 1e300, null, "20", [], {}, true);
    fc.assert(
      fc.property(batchOf(direction), batchOf(direction), strange, (before, after, kind) => {
        assertEquals(malformed([...before, ...after], direction), null);
        const said = malformed([...before, kind, ...after], direction);
        assertEquals(said, `unknown kind ${JSON.stringify(kind)} at ${before.length}`);
      }),
    );
  });

  Deno.test(`wire: a look at anything ${direction} ends with a sentence or with nothing`, () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.nat(40), fc.anything())), (batch) => {
      const said = malformed(batch, direction);
      assert(said === null || said.length < 100);
    }));
  });
}

Deno.test("frame: holds a length and a JSON array, whatever the text", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
    const bytes = frame(text(texts));
    assertEquals(new DataView(bytes.buffer).getUint32(0, true), bytes.length - 4);
    assertEquals(JSON.parse(new TextDecoder().decode(bytes.subarray(4))), texts);
  }));
});

Deno.test("frame: takes what is just short enough and refuses one byte more", () => {
  const most = frameBytesMax - '[""]'.length;
  assertEquals(frame(`"${"a".repeat(most)}"`).length, 4 + frameBytesMax);
  const refused = `as it must be <= ${frameBytesMax} bytes: it is ${frameBytesMax + 1}`;
  assertThrows(() => frame(`"${"a".repeat(most + 1)}"`), RangeError, refused);
  // Three bytes a character: the limit is of bytes.
  assertThrows(() => frame(`"${"€".repeat(most / 3 + 1)}"`), RangeError, "must be <=");
});

Deno.test("Unframer: any cut of a stream gives the same batches", () => {
  const cuts = fc.array(
    fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 4096 })),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  const batches = fc.array(fc.oneof(batchOf("up"), batchOf("down")), { maxLength: 12 });
  fc.assert(fc.property(batches, cuts, (all, sizes) => {
    const stream = framed(all);
    const pieces: Uint8Array[] = [];
    for (let at = 0, i = 0; at < stream.length; i++) {
      const size = sizes[i % sizes.length]!;
      pieces.push(stream.subarray(at, at + size));
      at += size;
    }
    assertEquals(feed(pieces), all);
  }));
});

Deno.test("Unframer: a length over the limit is refused before anything of it has come", () => {
  for (const size of [frameBytesMax + 1, 2 ** 31, 2 ** 32 - 1]) {
    assertThrows(() => feed([headed(size)]), RangeError, `frame of ${size} bytes`);
  }
  const good = framed([[29, 1]]);
  const heard: unknown[][] = [];
  const both = new Uint8Array([...good, ...headed(frameBytesMax + 1)]);
  assertThrows(() => feed([both], (batch) => heard.push(batch)), RangeError);
  assertEquals(heard, [[29, 1]]);
  assertEquals(feed([headed(frameBytesMax)]), []);
});

Deno.test("Unframer: content that is not a JSON array in UTF-8 is refused", () => {
  for (const content of ["", "{", "[1", "[1]]", "[1,]", "[NaN]", "\0", "'x'"]) {
    assertThrows(() => feed([headed(content)]), SyntaxError);
  }
  for (const content of ["{}", "1", "null", '"x"', "true"]) {
    assertThrows(() => feed([headed(content)]), TypeError, "frame is not an array");
  }
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    const content = new Uint8Array([0x5b, 0x22, ...bytes, 0x22, 0x5d]);
    assertThrows(() => feed([headed(content)]), TypeError);
  }
});

Deno.test("Unframer: grows for the largest frame and hands it on whole, then goes on", () => {
  const large = "x".repeat(frameBytesMax - '[""]'.length);
  const stream = framed([[1], [large], [2]]);
  for (const size of [1 << 16, stream.length]) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
    const batches = feed(pieces);
    assertEquals(batches.length, 3);
    assert(batches[1]![0] === large);
    assertEquals(batches[2], [2]);
  }
});

Deno.test("Unframer: always offers room, and what it handed on is not overwritten", () => {
  const unframer = new Unframer();
  const heard: unknown[][] = [];
  const bytes = framed([["first"], ["second"]]);
  for (let i = 0; i < 1000; i++) {
    const { room } = unframer;
    assert(room.length >= 16 * 1024);
    room.set(bytes);
    unframer.took(bytes.length, (batch) => heard.push(batch));
  }
  assertEquals(heard.length, 2000);
  assert(heard.every(([said], i) => said === (i % 2 === 0 ? "first" : "second")));
});

Deno.test("Unframer: a frame in small pieces costs what its size costs, not its square", () => {
  const took = (size: number) => {
    const stream = framed([["x".repeat(size)]]);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += 1024) pieces.push(stream.subarray(at, at + 1024));
    const from = performance.now();
    assertEquals(feed(pieces).length, 1);
    return performance.now() - from;
  };
  took(1 << 20);
  // 16 times the size: 256 times the time if each piece looked at all before it.
  const best = (size: number) => Math.min(took(size), took(size), took(size));
  assert(best(1 << 22) < 160 * Math.max(best(1 << 18), 1));
});
