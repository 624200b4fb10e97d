/**
 * What the projects want: small functions, each with its test, which lies in the repository, and with
 * the code that a model would write.
 *
 * @module
 */

/** A function that is missing. */
export interface Feature {
  /** Its name, and that of its file. */
  readonly name: string;
  /** How it is declared. */
  readonly signature: string;
  /** What it does, in words. */
  readonly words: string;
  /** Arguments, and what has to come of them. */
  readonly cases: readonly (readonly [args: readonly unknown[], expected: unknown])[];
  /** What stands between its braces. */
  readonly body: string;
}

/** All of them. */
export const features: readonly Feature[] = [
  {
    name: "slug",
    signature: "slug(text: string): string",
    words: "Makes a part of an address out of a title.",
    cases: [[["Hello, World!"], "hello-world"], [["  a  b "], "a-b"]],
    body: `return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");`,
  },
  {
    name: "chunk",
    signature: "chunk(values: readonly number[], size: number): number[][]",
    words: "Cuts a list into pieces of one size; the last may be shorter.",
    cases: [[[[1, 2, 3], 2], [[1, 2], [3]]], [[[], 2], []]],
    body: `const pieces: number[][] = [];
  for (let i = 0; i < values.length; i += size) pieces.push(values.slice(i, i + size));
  return pieces;`,
  },
  {
    name: "median",
    signature: "median(values: readonly number[]): number",
    words: "The middle of a list; of an even number the mean of the two in the middle.",
    cases: [[[[3, 1, 2]], 2], [[[4, 1, 2, 3]], 2.5]],
    body: `const sorted = [...values].sort((one, other) => one - other);
  const at = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[at]! : (sorted[at - 1]! + sorted[at]!) / 2;`,
  },
  {
    name: "roman",
    signature: "roman(value: number): string",
    words: "Writes a number from 1 to 3999 in Roman numerals.",
    cases: [[[1994], "MCMXCIV"], [[2026], "MMXXVI"]],
    body: `const numerals: readonly (readonly [number, string])[] = [
    [1000, "M"], [900, "CM"], [500, "D"], [400, "CD"], [100, "C"], [90, "XC"],
    [50, "L"], [40, "XL"], [10, "X"], [9, "IX"], [5, "V"], [4, "IV"], [1, "I"],
  ];
  let [rest, text] = [value, ""];
  for (const [worth, numeral] of numerals) {
    for (; rest >= worth; rest -= worth) text += numeral;
  }
  return text;`,
  },
  {
    name: "initials",
    signature: "initials(name: string): string",
    words: "The first letters of all parts of a name.",
    cases: [[["Ada Lovelace"], "AL"], [["grace brewster hopper"], "GBH"]],
    body: `return name.split(/\\s+/).map((part) => part.slice(0, 1).toUpperCase()).join("");`,
  },
];

/** The text of a file that holds a feature, with `body` in it. */
export const codeOf = ({ words, signature }: Feature, body: string): string =>
  `/** ${words} */\nexport function ${signature} {\n  ${body}\n}\n`;

/** The text of its test. */
export const testOf = ({ name, cases }: Feature): string =>
  `import { ${name} } from "./${name}.ts";

const cases = ${JSON.stringify(cases)};

Deno.test("${name}", () => {
  for (const [args, expected] of cases) {
    const given = JSON.stringify(${name}(...args as unknown as Parameters<typeof ${name}>));
    if (given !== JSON.stringify(expected)) throw new Error(\`\${args}: \${given}\`);
  }
});
`;

/** What a model is asked. */
export const promptOf = (feature: Feature): string =>
  `Write src/${feature.name}.ts in TypeScript, without dependencies.\n` +
  `It exports the function ${feature.signature}. ${feature.words}\n` +
  `This test has to pass:\n\n${testOf(feature)}\nAnswer with the whole file and nothing else.`;

/** The feature that a prompt asks for. */
export function featureOf(prompt: string): Feature {
  const name = /^Write src\/(\w+)\.ts /.exec(prompt)?.[1];
  const feature = features.find((feature) => feature.name === name);
  if (!feature) throw new Error(`No feature is asked for in ${JSON.stringify(prompt)}`);
  return feature;
}
