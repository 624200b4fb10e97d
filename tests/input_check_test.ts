/** Inputs at the door: what a task told of them, taken for less rather than more. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { z } from "zod";
import { type InputCheck, inputCheck } from "../actors/input_check.ts";

/** What a task with this validator tells when it is described. */
const told = (type: z.ZodType): unknown =>
  type["~standard"].jsonSchema.input({ target: "draft-2020-12" });
const checkOf = async (type: z.ZodType): Promise<InputCheck> => (await inputCheck(told(type)))!;

const types: Readonly<Record<string, z.ZodType>> = {
  object: z.object({ a: z.string().optional(), b: z.int().default(1) }),
  strict: z.strictObject({ a: z.array(z.number()).max(2), "b/~": z.boolean().nullable() }),
  union: z.union([z.string().min(2), z.object({ kind: z.literal("a") }), z.null()]),
  kinds: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("a"), n: z.number() }),
    z.object({ kind: z.literal("b"), s: z.email() }),
  ]),
  record: z.record(z.string(), z.int()),
  tuple: z.tuple([z.string(), z.number()]),
  nested: z.object({ deep: z.object({ list: z.array(z.enum(["x", "y"])).min(1) }) }),
  pattern: z.string().regex(/^(a+)+$/),
  refined: z.string().refine((text) => text.length % 2 === 0),
  transformed: z.string().transform((text) => text.length),
};

for (const [name, type] of Object.entries(types)) {
  Deno.test(`inputCheck: refuses nothing that the task would take: ${name}`, async () => {
    const check = await checkOf(type);
    const near = fc.oneof(
      fc.jsonValue(),
      fc.record({ a: fc.jsonValue(), b: fc.jsonValue() }, { requiredKeys: [] }),
      fc.record({ kind: fc.constantFrom("a", "b", "c"), n: fc.jsonValue(), s: fc.string() }, {
        requiredKeys: ["kind"],
      }),
      fc.record({ deep: fc.record({ list: fc.array(fc.constantFrom("x", "y", "z")) }) }),
      fc.tuple(fc.string(), fc.float({ noNaN: true, noDefaultInfinity: true })),
      fc.array(fc.integer(), { maxLength: 3 }).map((a) => ({ a, "b/~": null })),
    );
    fc.assert(fc.property(near, (value) => {
      const input = JSON.parse(JSON.stringify(value));
      const flaws = check(input, "/input");
      if (flaws.length > 0) assert(!type.safeParse(input).success, JSON.stringify(flaws));
    }));
  });
}

Deno.test("inputCheck: says where and what", async () => {
  const said = async (type: z.ZodType, input: unknown) =>
    (await checkOf(type))(input, "/input").map(({ code, pointer, message }) =>
      `${code} ${pointer} ${message}`
    );
  assertEquals(await said(types["strict"]!, { a: [1, 2], "b/~": true }), []);
  assertEquals(await said(types["strict"]!, { a: [1, "2"], "b/~": 5 }), [
    'invalid_input /input/a/1 /input/a/1: Invalid input: expected number, given "2"',
    "invalid_input /input/b~1~0 /input/b~1~0: Invalid input, given 5",
  ]);
  assertEquals(await said(types["strict"]!, { a: [], "b/~": null, c: 1 }), [
    'invalid_input /input/c /input/c: Unrecognized key: "c", given 1',
  ]);
  assertEquals(await said(types["nested"]!, null), [
    "invalid_input /input /input: Invalid input: expected object, given null",
  ]);
  const strict = await checkOf(types["strict"]!);
  const expected = (input: unknown) => strict(input, "/input").map(({ expected }) => expected);
  assertEquals(expected({ a: ["2"], "b/~": 5 }), ["number", "what the schema of the task allows"]);
  assertEquals(expected({ a: [], "b/~": null, c: 1 }), ["absent"]);
  const list = await checkOf(z.array(z.string()));
  assertEquals(list(Array(1e5).fill(1), "/input").length, 20);
});

Deno.test("inputCheck: leaves to the task what could hurt the one who looks", async () => {
  const check = await checkOf(types["pattern"]!);
  assertEquals(check("a".repeat(60) + "b", "/input"), []);
  let deep: unknown = { type: "string" };
  for (let level = 0; level < 100; level++) deep = { type: "array", items: deep };
  const large = { enum: Array.from({ length: 1e5 }, (_, n) => n) };
  const strange = [null, 5, "x", [], deep, large, { not: {} }, { type: "no such type" }, {
    type: "object",
    patternProperties: { a: {} },
    additionalProperties: false,
  }, { $ref: "https://example.com/s" }];
  for (const schema of strange) {
    assertEquals(await inputCheck(schema), null, JSON.stringify(schema)?.slice(0, 80));
  }
});
