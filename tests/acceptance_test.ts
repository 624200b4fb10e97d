/** What shows that each row of docs/acceptance.md holds: it is there, or the row says that it is open. */
import { assert, assertEquals } from "@std/assert";
import { areas } from "./prove/areas.ts";

const root = new URL("../", import.meta.url);

/** A row, and what stands below it. */
interface Row {
  readonly id: string;
  readonly shown: readonly string[];
}

/** Items of the lists, whose words may go over several lines. */
function rowsOf(page: string): readonly Row[] {
  return page.split(/^- \*\*/m).slice(1).map((item) => {
    const [id, ...rest] = item.split("**");
    const shown = rest.join("**").split(/^#/m)[0]!.split(/^ {2}- /m).slice(1);
    return { id: id!, shown: shown.map((one) => one.replaceAll(/\s+/g, " ").trim()) };
  });
}

async function sources(folder: URL): Promise<string> {
  const files = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith("_test.ts"));
  const texts = files.map(({ name }) => Deno.readTextFile(new URL(name, folder)));
  return (await Promise.all(texts)).join("\n");
}

/** What is wrong with a row, in words. */
function wrongOf({ id, shown }: Row, known: (name: string) => boolean, ids: ReadonlySet<string>) {
  if (shown.length === 0) return [`${id} is not shown by anything`];
  return shown.flatMap((one) => {
    const name = /^`(.+)`$/.exec(one)?.[1];
    if (name !== undefined) return known(name) ? [] : [`${id}: there is no ${name}`];
    const as = /^as (\S+)$/.exec(one)?.[1];
    if (as !== undefined) return ids.has(as) ? [] : [`${id}: there is no row ${as}`];
    return /^open: \S/.test(one) ? [] : [`${id}: neither shown nor open: ${one}`];
  });
}

Deno.test("acceptance: every row has what shows it, and all of that is there", async () => {
  const rows = rowsOf(await Deno.readTextFile(new URL("docs/acceptance.md", root)));
  const tests = await sources(new URL("tests/", root));
  const proofs = new Set<string>();
  for (const [area, rowsIn] of Object.entries(areas)) {
    for (const { line } of await rowsIn(false)) proofs.add(`prove ${area}: ${line}`);
  }
  const known = (name: string) =>
    proofs.has(name) || tests.includes(`"${name}"`) || tests.includes(`\`${name}\``);
  const ids = new Set(rows.map(({ id }) => id));
  assertEquals(rows.flatMap((row) => wrongOf(row, known, ids)), []);
  assertEquals(ids.size, rows.length, "a row stands there twice");
  assert(rows.length > 400, `${rows.length} rows`);
});

Deno.test("acceptance: a name that is gone, a row without any and a wrong word are told", () => {
  const page = "- **A1** Words\n  - `there`\n  - `gone\n    away`\n  - as A2\n  - as A9\n" +
    "- **A2** Words\n- **A3** Words\n  - open: not yet\n  - perhaps\n\n## Next\n";
  const rows = rowsOf(page);
  const ids = new Set(rows.map(({ id }) => id));
  assertEquals(rows.flatMap((row) => wrongOf(row, (name) => name === "there", ids)), [
    "A1: there is no gone away",
    "A1: there is no row A9",
    "A2 is not shown by anything",
    "A3: neither shown nor open: perhaps",
  ]);
});
