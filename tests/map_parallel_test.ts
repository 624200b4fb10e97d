/** `map` beside GNU parallel: cases from its manual, and what is refused says what to do instead. */
import { assertEquals, assertMatch } from "@std/assert";
import { startClerk } from "./clerk.ts";
import { flyball, inFolder } from "./command_line.ts";
import { cases } from "./map_cases.ts";
import type { MapCase } from "./map_cases/map_case.ts";

const sorted = (text: string) => text.split("\n").sort();

async function check(
  { name, args, input, files, ...expected }: MapCase,
  run: typeof flyball,
): Promise<void> {
  await inFolder(files ?? {}, async (cwd) => {
    const { code, stdout, stderr } = await run(["map", ...args], { cwd, input: input ?? "" });
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
  // A few have a process of their own: nothing depends on what went before.
  const isAlone = (at: number) => at % 12 === 0;
  const alone = cases.filter((_, at) => isAlone(at));
  const others = cases.filter((_, at) => !isAlone(at));
  const failures: unknown[] = [];
  const work = async (waiting: MapCase[], run: typeof flyball) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await check(next, run).catch((error) => failures.push(error));
    }
  };
  await using one = startClerk();
  await using another = startClerk();
  await Promise.all([
    work(alone, flyball),
    work(others, one.flyball),
    work(others, another.flyball),
  ]);
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("\n\n"));
});
