/** A package that comes from a registry runs tasks and commands, and opens no door to its host. */
import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { tempFolder } from "./live.ts";
import { deno } from "./published.ts";
import { openRegistry } from "./registry.ts";

/** Tries what no task may do; it has a project of its own, whose lock file does not know us. */
const prying = `
import { defineTask } from "@flyball/flyball/task";
import { Cron } from "croner";

export default defineTask({
  run: async (address: string) => {
    const tried = [() => import(address), () => import("https://deno.land/x.ts"), () => fetch(address)];
    const said = await Promise.all(tried.map((go) => go().then(() => "done", ({ message }) => message)));
    return [typeof Cron, ...said.map((text) => text.replaceAll(address, "there"))];
  },
});
`;

const main = `
import { createRuntime, taskFile } from "@flyball/flyball";

await using runtime = await createRuntime({
  data: "data",
  tasks: {
    double: taskFile(new URL("./double.ts", import.meta.url)),
    pry: taskFile(new URL("../other/pry.ts", import.meta.url)),
  },
});
console.log(await runtime.run("double", 21));
console.log((await runtime.command(["echo", "a command"])).stdout.trim());
for (const line of await runtime.run("pry", Deno.args[0])) console.log(line);
`;

const double = `
import { defineTask } from "@flyball/flyball/task";

export default defineTask({ run: (input: number) => 2 * input });
`;

const lock = {
  version: "5",
  specifiers: { "npm:croner@11.0.1": "11.0.1" },
  npm: {
    "croner@11.0.1": {
      integrity:
        "sha512-/fmHcoczPy5cMcmJ6ex7J7LAwb545V1dNmRrdDGP3hwStg/06IYP56YgBySCSdWGDz2PJYQyDukaR8b8R5o2HA==",
    },
  },
  workspace: { dependencies: ["npm:croner@11.0.1"] },
};

/** Writes both projects to `folder`, in which our modules are what `from` says. */
async function write(folder: string, from: { readonly mod: string; readonly task: string }) {
  const imports = { "@flyball/flyball": from.mod, "@flyball/flyball/task": from.task };
  const files = {
    "own/deno.json": JSON.stringify({ imports }),
    "own/main.ts": main,
    "own/double.ts": double,
    "other/deno.json": JSON.stringify({
      imports: { "croner": "npm:croner@11.0.1", "@flyball/flyball/task": from.task },
    }),
    "other/deno.lock": JSON.stringify(lock),
    "other/pry.ts": prying,
  };
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path.split("/")[0]}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
}

/** A cache of Deno's in which there are packages of npm and nothing else. */
async function emptyCache(folder: string): Promise<string> {
  const { denoDir } = JSON.parse(await deno(["info", "--json"]));
  await Deno.mkdir(`${folder}/cache`);
  await Deno.symlink(`${denoDir}/npm`, `${folder}/cache/npm`);
  return `${folder}/cache`;
}

Deno.test("package: runs from a registry, and what it was fetched for is all that workers get", async () => {
  await using registry = await openRegistry();
  const { url, modules } = registry;
  const { host } = new URL(url);
  await using folder = await tempFolder();
  const ways = {
    jsr: ["jsr:@flyball/flyball@^0.1.0", "jsr:@flyball/flyball@^0.1.0/task", url],
    address: [`${modules}/mod.ts`, `${modules}/task.ts`, ""],
  } as const;
  const cache = await emptyCache(folder.path);
  for (const [way, [mod, task, registryUrl]] of Object.entries(ways)) {
    const projects = `${folder.path}/${way}`;
    await write(projects, { mod, task });
    const env = { DENO_DIR: cache, JSR_URL: registryUrl };
    const run = (...args: string[]) => deno(args, `${projects}/own`, env);
    await run("cache", `--allow-import=${host}`, "main.ts");
    const address = `${url}there?secret`;
    const said = await run("run", "-A", "--cached-only", "main.ts", address);
    assertEquals(said.trimEnd().split("\n"), [
      "42",
      "a command",
      "function",
      'Specifier not found in cache: "there", --cached-only is specified.',
      'Requires import access to "deno.land:443", run again with the --allow-import flag',
      `Requires net access to "${host}", run again with the --allow-net flag`,
    ]);
    const left = await Deno.readTextFile(`${projects}/other/deno.lock`);
    assertEquals(JSON.parse(left), lock);
  }
  const flyball = ["run", "-A", "jsr:@flyball/flyball/cli", "--version"];
  const version = await deno(flyball, folder.path, { DENO_DIR: cache, JSR_URL: url });
  assertEquals(version.trimEnd(), config.version);
  assertEquals(registry.missed, []);
});
