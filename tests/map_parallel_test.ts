/** `map` beside GNU parallel: cases from its manual, and what is refused says what to do instead. */
import { assertEquals, assertMatch } from "@std/assert";
import { flyball, inFolder } from "./command_line.ts";
import { cases } from "./map_cases.ts";
import type { MapCase } from "./map_cases/map_case.ts";

const sorted = (text: string) => text.split("\n").sort();

async function check({ name, args, input, files, ...expected }: MapCase): Promise<void> {
  await inFolder(files ?? {}, async (cwd) => {
    const { code, stdout, stderr } = await flyball(["map", ...args], { cwd, input: input ?? "" });
    const said = `${name}: ${stderr}`;
    const keeps = args.includes("-k");
    assertEquals(
      keeps ? stdout : sorted(stdout),
      keeps ? expected.stdout : sorted(expected.stdout),
      said,
    );
    assertEquals(code, expected.code ?? 0, said);
    if (expected.stderr) assertMatch(stderr, expected.stderr, name);
    else assertEquals(stderr, "", name);
    if (!expected.joblog) return;
    const rows = (await Deno.readTextFile(`${cwd}/log`)).trimEnd().split("\n").slice(1);
    const told = rows.map((row) => row.split("\t"))
      .map(([seq, , , , , , exit, signal, command]) => [seq, exit, signal, command].join(" "));
    assertEquals(told.sort(), [...expected.joblog].sort(), name);
  });
}

Deno.test("map: does what GNU parallel does, case by case", async () => {
  const names = cases.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  const waiting = [...cases];
  const failures: unknown[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await check(next).catch((error) => failures.push(error));
    }
  };
  await Promise.all([work(), work(), work()]);
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("\n\n"));
});
