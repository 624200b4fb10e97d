/**
 * `map` beside GNU parallel itself, where it is installed: what the cases say of it is what it does.
 *
 * @module
 */
import { inFolder } from "../../command_line.ts";
import { cases } from "../../map_cases.ts";
import type { MapCase } from "../../map_cases/map_case.ts";
import { exactly, type Row } from "../row.ts";

/** Parallel's arguments for the same: without a shell it quotes the command. */
function theirArgs({ args, parallel }: MapCase): readonly string[] {
  if (parallel?.args) return parallel.args;
  const given = args.filter((arg) => arg !== "--");
  const shell = given.indexOf("--shell");
  const command = args.length > 0 && (args.includes("--") || args.includes("echo"));
  if (shell >= 0) return given.toSpliced(shell, 1);
  return command ? ["-q", ...given] : given;
}

/** What parallel did otherwise than the case says; null when nothing. */
async function differs(given: MapCase): Promise<string | null> {
  const { name, parallel, input = "" } = given;
  const stdout = parallel?.stdout ?? given.stdout;
  const code = parallel?.code ?? given.code ?? 0;
  let found: string | null = null;
  await inFolder(given.files ?? {}, async (cwd) => {
    // Without a home it says at every start that it wants to be cited.
    await Deno.mkdir(`${cwd}/.parallel`);
    await Deno.writeTextFile(`${cwd}/.parallel/will-cite`, "");
    const child = new Deno.Command("parallel", {
      args: [...theirArgs(given)],
      cwd,
      env: { HOME: cwd },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const fed = writer.write(new TextEncoder().encode(input)).then(() => writer.close());
    const [ended] = await Promise.all([child.output(), fed.catch(() => {})]);
    const text = new TextDecoder().decode(ended.stdout);
    const sort = (lines: string) => given.args.includes("-k") ? lines : lines.split("\n").sort();
    if (String(sort(text)) !== String(sort(stdout))) {
      found = `${name}: printed ${JSON.stringify(text)}, expected ${JSON.stringify(stdout)}`;
    } else if (ended.code !== code) found = `${name}: ended ${ended.code}, expected ${code}`;
    else if (given.joblog) {
      const rows = (await Deno.readTextFile(`${cwd}/log`)).trimEnd().split("\n").slice(1)
        .map((row) => row.split("\t"))
        .map(([seq, , , , , , exit, signal, command]) => [seq, exit, signal, command].join(" "));
      if (String(rows.sort()) !== String([...given.joblog].sort())) {
        found = `${name}: logged ${JSON.stringify(rows)}`;
      }
    }
  });
  return found;
}

/** The row. */
export const mapRows: readonly Row[] = [{
  line: "map: cases of which GNU parallel does something else than is said of it",
  run: async () => {
    const wrong: string[] = [];
    for (const one of cases) {
      const found = await differs(one);
      if (found !== null) wrong.push(found);
    }
    const other = cases.filter(({ parallel }) => parallel !== undefined).length;
    const told = wrong.length > 0
      ? wrong.join("; ")
      : `${cases.length} cases, ${other} where map does something else and says so`;
    return exactly(wrong.length, 0, "cases", told);
  },
}];
