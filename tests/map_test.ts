/** `map` as people use it: lines in, output out, an exit code to rely on. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startClerk } from "./clerk.ts";
import { flyball, inFolder } from "./command_line.ts";

const root = new URL("..", import.meta.url).pathname;

const map = (cwd: string, input: string, ...args: string[]) =>
  flyball(["map", ...args], { cwd, input });

/** What the program itself prints for these arguments. */
async function plain(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args: [...args], cwd }).output();
  return new TextDecoder().decode(stdout);
}

const sorted = (text: string) => text.split("\n").sort();

Deno.test("map: prints what sha256sum prints", async () => {
  const files = ["deno.json", "mod.ts", "LICENSE", "main.ts", "task.ts"];
  const input = files.join("\n") + "\n";
  const expected = await plain("sha256sum", files, root);
  const { code, stdout, stderr } = await map(root, input, "--", "sha256sum", "{}");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(sorted(stdout), sorted(expected));
  const kept = await map(root, input, "--keep-order", "--", "sha256sum", "{}");
  assertEquals(kept.stdout, expected);
});

Deno.test("map: exit codes count failing lines, at most 63, and name mistakes", async () => {
  await inFolder({}, async (cwd) => {
    await using clerk = startClerk();
    const said = (input: string, ...args: string[]) =>
      clerk.flyball(["map", ...args], { cwd, input });
    const lines = (count: number) => Array.from({ length: count }, (_, n) => `${n}\n`).join("");
    const [none, two, many, usage, order, resume] = await Promise.all([
      said("", "--", "false"),
      map(cwd, "a\nb\n", "--", "sh", "-c", "echo $1; exit 3", "sh", "{}"),
      said(lines(70), "--", "false", "{}"),
      said("", "--jobs", "none", "--", "true"),
      said("", "--max-workers", "1", "--set", "pools.default.workers.min=2", "--", "true"),
      said("", "--resume", "--", "true"),
    ]);
    assertEquals([none.code, none.stdout], [0, ""]);
    assertEquals([two.code, sorted(two.stdout)], [2, ["", "a", "b"]]);
    assertEquals(many.code, 63);
    assertEquals([usage.code, order.code, resume.code], [64, 78, 64], order.stderr);
    assertMatch(order.stderr, /workers\.min \(2\) must be <= pools\.default\.workers\.max \(1\)/);
  });
});

Deno.test("map: --resume runs only what the log does not have", async () => {
  await inFolder({}, async (cwd) => {
    const command = ["--", "sh", "-c", "echo $1 >> runs; [ $1 != 2 ]", "sh", "{}"];
    const log = ["--joblog", "log", "--resume"];
    const first = await map(cwd, "1\n2\n3\n", ...log, ...command);
    assertEquals(first.code, 1, first.stderr);
    const rows = (await Deno.readTextFile(`${cwd}/log`)).trimEnd().split("\n");
    assertEquals(rows.length, 4);
    const columns = rows[0]!.split("\t");
    const exits = rows.slice(1).map((row) => row.split("\t"))
      .sort((a, b) => Number(a[0]) - Number(b[0]))
      .map((row) => row[columns.indexOf("Exitval")]);
    assertEquals(exits, ["0", "1", "0"]);
    const second = await map(cwd, "1\n2\n3\n4\n5\n", ...log, ...command);
    assertEquals(second.code, 0, second.stderr);
    const runs = (await Deno.readTextFile(`${cwd}/runs`)).trimEnd().split("\n").sort();
    assertEquals(runs, ["1", "2", "3", "4", "5"]);
  });
});

Deno.test("map: an output larger than memory's share comes whole, and lines stay whole", async () => {
  await inFolder({}, async (cwd) => {
    const { code, stdout } = await map(cwd, "a\nb\nc\n", "--", "sh", "-c", "yes $0 | head -60000");
    assertEquals(code, 0);
    const counts = new Map<string, number>();
    for (const line of stdout.trimEnd().split("\n")) {
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
    assertEquals([...counts].sort(), [["a", 60_000], ["b", 60_000], ["c", 60_000]]);
    // Each command's output is one piece.
    const pieces = stdout.match(/(?:a\n)+|(?:b\n)+|(?:c\n)+/g);
    assertEquals(pieces?.length, 3);
  });
});

Deno.test("map: is as elastic as it may be, and says nothing where nobody looks", async () => {
  await inFolder({}, async (cwd) => {
    const input = Array.from({ length: 60 }, (_, n) => `${n}\n`).join("");
    const { code, stdout, stderr } = await map(
      cwd,
      input,
      "-k",
      "--",
      "sh",
      "-c",
      "sleep 0.02; echo $0",
    );
    assertEquals([code, stdout, stderr], [0, input, ""]);
    assert(!stdout.includes("\u001b"));
  });
});
