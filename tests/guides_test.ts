/** The guides: what they name is there, and what they show is valid. Their programs run by `--doc`. */
import { assert, assertEquals } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { verbs } from "../cli/verbs.ts";
import { parseConfig } from "../cli/config_yaml.ts";
import { numbersTable } from "./numbers_page.ts";

const root = new URL("../", import.meta.url);

const read = (path: string) => Deno.readTextFile(new URL(path, root));

/** All pages, by their paths from the root. */
async function pages(): Promise<ReadonlyMap<string, string>> {
  const names = ["README.md"];
  for (const { name } of Deno.readDirSync(new URL("docs", root))) {
    if (name.endsWith(".md")) names.push(`docs/${name}`);
  }
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

/** Headings as they are linked to. */
const anchors = (text: string) =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
    ),
  );

Deno.test("guides: every link leads to a page, a file and a heading that are there", async () => {
  const missing: string[] = [];
  for (const [name, text] of await pages()) {
    const prose = text.replaceAll(/```.*?```/gs, "");
    for (const [, to] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(to!)) continue;
      const [path, anchor] = to!.split("#") as [string, string?];
      const url = path === "" ? new URL(name, root) : new URL(path, new URL(name, root));
      const there = await Deno.readTextFile(url).catch(async () =>
        await Deno.stat(url).then(() => "", () => null)
      );
      if (there === null) missing.push(`${name}: ${to}`);
      else if (anchor && !anchors(there).has(anchor)) missing.push(`${name}: ${to}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("guides: the index or the README leads to every page", async () => {
  const all = [...(await pages()).keys()].filter((name) => name.startsWith("docs/"));
  const [index, readme] = [await read("docs/README.md"), await read("README.md")];
  const others = all.map((name) => name.slice("docs/".length)).filter((name) =>
    name !== "README.md"
  );
  const isLinked = (name: string) =>
    index.includes(`](${name}`) || readme.includes(`](docs/${name}`);
  assertEquals(others.filter((name) => !isLinked(name)), []);
});

const guides = [
  "adaptive_scaling",
  "architecture",
  "embedding",
  "operating",
  "performance_tuning",
  "security",
  "writing_tasks",
];

Deno.test("guides: their configurations are valid", async () => {
  const texts = await Promise.all(guides.map((name) => read(`docs/${name}.md`)));
  const blocks = texts.flatMap((text) => [...text.matchAll(/```yaml\n(.*?)```/gs)]);
  for (const [, text] of blocks) composeConfig([parseConfig("guide", text!)]);
  assert(blocks.length >= 4, `${blocks.length} configurations`);
});

Deno.test("guides: the verbs they call are there", async () => {
  const texts = await Promise.all(guides.map((name) => read(`docs/${name}.md`)));
  const called = texts.flatMap((text) => [...text.matchAll(/(?:^|`)flyball ([a-z]+)/gm)])
    .map(([, verb]) => verb!);
  assertEquals([...new Set(called)].filter((verb) => !(verb in verbs)), []);
  assert(called.length > 10, `${called.length} calls`);
});

/** Sections of a unit, each with its keys. */
function unit(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let own = new Map<string, string>();
  for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
    const [, section] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (section !== undefined) {
      sections.set(section, own = new Map());
      continue;
    }
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    assert(key !== undefined, `not a line of a unit: ${line}`);
    own.set(key, value!);
  }
  return sections;
}

Deno.test("operating: unit and container start the service, and let it stop in its time", async () => {
  const service = unit(await read("docs/operating/flyball.service")).get("Service")!;
  assert(service.get("ExecStart")!.includes("main.ts serve --data "));
  // 25 s for jobs, 5 s to end them.
  assert(Number(service.get("TimeoutStopSec")) > 30);
  assertEquals(service.get("Restart"), "on-failure");
  assert(service.get("RestartPreventExitStatus")!.split(" ").includes("78"));
  const container = await read("docs/operating/Containerfile");
  assert(
    /^ENTRYPOINT \["\/usr\/bin\/tini", "--", "deno", "run", "-A".*"main\.ts"\]$/m.test(container),
  );
  assert(/^CMD \["serve", /m.test(container));
  const { version } = Deno;
  const { tasks } = JSON.parse(await read("deno.json"));
  assert(container.includes(`FROM denoland/deno:${version.deno}`), "another version of Deno");
  for (const flag of ["--no-code-cache", "--v8-flags=--expose-gc"]) {
    assert(tasks.start.command.includes(flag) && container.includes(flag), flag);
  }
});

Deno.test({
  name: "operating: systemd takes the unit",
  ignore: await new Deno.Command("systemd-analyze", { args: ["--version"], stdout: "null" })
    .output().then(({ success }) => !success, () => true),
  fn: async () => {
    const { stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", "--man=no", new URL("docs/operating/flyball.service", root).pathname],
      stdout: "null",
    }).output();
    // What it says of other units of the machine, and of a user that is not there, is not about ours.
    const told = new TextDecoder().decode(stderr).split("\n")
      .filter((line) => /flyball\.service:\d+:/.test(line));
    assertEquals(told, []);
  },
});

Deno.test("README: its numbers are those of the stored proofs", async () => {
  const readme = await read("README.md");
  const [whole, written] = /<!-- numbers -->(.*?)<!-- \/numbers -->/s.exec(readme)!;
  const table = await numbersTable();
  if (Deno.env.get("UPDATE")) {
    const text = `<!-- numbers -->\n\n${table}\n\n<!-- /numbers -->`;
    await Deno.writeTextFile(new URL("README.md", root), readme.replace(whole, () => text));
    return;
  }
  const unpadded = (text: string) =>
    text.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ").trim();
  assertEquals(
    unpadded(written!),
    unpadded(table),
    "write them anew: UPDATE=1 deno test -A tests/guides_test.ts && deno fmt README.md",
  );
});
