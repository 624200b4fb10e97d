/** What is published is whole: another project that has nothing else runs tasks and commands. */
import { assert, assertEquals } from "@std/assert";
import { dirname } from "node:path";
import { resolve } from "./import_graph.ts";
import { tempFolder } from "./live.ts";
import { outline } from "./outline.ts";
import { checkout, deno, published } from "./published.ts";

const example = `${checkout}/examples/embed`;

/** All files below a folder. */
function* filesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${checkout}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesIn(path);
    else yield path;
  }
}

Deno.test("package: holds its folders whole, what its modules name, and no tests", async () => {
  const all = new Set(await published());
  const folders = new Set(
    [...all].filter((path) => /\//.test(path)).map((path) => path.split("/")[0]!),
  );
  folders.delete("docs"); // One page, which a verb prints.
  // Sources of pages are projects of their own, and stand in what they were made to.
  const isSource = (path: string) =>
    /^service\/(dashboard|inspect\/page|inspect\/build\.ts)(\/|$)/.test(path);
  const there = [...folders].flatMap((folder) => [...filesIn(folder)]).filter((path) =>
    !isSource(path)
  );
  assertEquals(there.filter((path) => !all.has(path)), []);
  assertEquals(["tests", "bench", "examples", ".ci"].filter((name) => folders.has(name)), []);
  const missing = [];
  for (const path of all) {
    if (!/\.[tj]s$/.test(path)) continue;
    for (
      const { specifier } of outline(path, await Deno.readTextFile(`${checkout}/${path}`)).imports
    ) {
      const to = resolve(path, specifier);
      if (to !== null && !all.has(to)) missing.push(`${path}: ${specifier}`);
    }
  }
  assertEquals(missing, []);
  const { exports } = JSON.parse(await Deno.readTextFile(`${checkout}/deno.json`));
  for (const path of Object.values<string>(exports)) assert(all.has(path.slice(2)), path);
});

Deno.test("embedding: another project runs tasks and commands with what is published", async () => {
  await using folder = await tempFolder();
  const [library, project] = [`${folder.path}/library`, `${folder.path}/project`];
  for (const path of await published()) {
    await Deno.mkdir(dirname(`${library}/${path}`), { recursive: true });
    await Deno.copyFile(`${checkout}/${path}`, `${library}/${path}`);
  }
  await Deno.mkdir(`${project}/tasks`, { recursive: true });
  const config = JSON.parse(await Deno.readTextFile(`${example}/deno.json`));
  await Deno.writeTextFile(`${project}/deno.json`, JSON.stringify({ ...config, links: [library] }));
  const paths = ["deno.json", "main.ts", "tasks/hash.ts"];
  for (const path of paths.slice(1)) {
    await Deno.copyFile(`${example}/${path}`, `${project}/${path}`);
  }
  const expected = await Promise.all(paths.map(async (path) => {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${project}/${path}`));
    return `${new Uint8Array(digest).toHex()}  ${path}`;
  }));
  const lines = (await deno(["task", "start"], project)).trimEnd().split("\n");
  assertEquals(lines, [...expected, "and a command"]);
  const page = await deno(["run", "-A", "main.ts", "config", "docs"], library);
  assertEquals(page, await Deno.readTextFile(`${checkout}/docs/configuration.md`));
});
