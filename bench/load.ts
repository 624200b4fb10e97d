/**
 * Loads Flyball also where another project's import map is in force.
 *
 * Deno takes the import map from the main module's project. A harness of another project that
 * imports `adapter.ts` therefore can't resolve the bare names in our sources, or resolves them to
 * other versions. For it the library is bundled once with our own configuration.
 *
 * @module
 */

const mod = new URL("../mod.ts", import.meta.url);
const root = new URL("..", import.meta.url);
const bundle = new URL("./flyball.bundle.js", import.meta.url);
/** What the bundle is made of. */
const sources = ["deno.json", "deno.lock", "mod.ts", "task.ts"];
const sourceFolders = ["messages", "policies", "machines", "actors", "service", "deps"];
/** CommonJS packages in the bundle ask for built-in modules through `require`. */
const prelude = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
`;

/** `mod.ts` of this checkout. */
export async function loadFlyball(): Promise<typeof import("../mod.ts")> {
  if (importMapIsOurs()) return await import("../mod.ts");
  if (modifiedMs(bundle) < newestSourceMs()) await makeBundle();
  return await import(bundle.href);
}

function importMapIsOurs(): boolean {
  try {
    return import.meta.resolve("@flyball/flyball") === mod.href;
  } catch {
    return false;
  }
}

async function makeBundle(): Promise<void> {
  const made = new URL(`./flyball.${Deno.pid}.tmp`, import.meta.url);
  const config = new URL("deno.json", root).pathname;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--config", config, "-o", made.pathname, mod.pathname],
    cwd: root,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot bundle mod.ts: ${new TextDecoder().decode(stderr)}`);
  await Deno.writeTextFile(made, prelude + restoreAddresses(await Deno.readTextFile(made)));
  await Deno.rename(made, bundle); // Whole or not at all, also when two harnesses start at once.
}

/**
 * Gives every module its own address again: it finds its worker program and threads by it. The
 * bundler leaves `import.meta` to the bundle, but names each module in a comment above it.
 */
function restoreAddresses(code: string): string {
  let module = mod.href;
  return code.split("\n").map((line) => {
    const path = /^\/\/ (\S+\.[jt]s)$/.exec(line)?.[1];
    if (path) module = new URL(path, root).href;
    return line.replaceAll("import.meta.url", JSON.stringify(module));
  }).join("\n");
}

function newestSourceMs(): number {
  const files = sources.map((name) => modifiedMs(new URL(name, root)));
  const folders = sourceFolders.map((name) => newestIn(new URL(`${name}/`, root)));
  return Math.max(...files, ...folders);
}

function newestIn(folder: URL): number {
  let newestMs = 0;
  for (const entry of entries(folder)) {
    const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, folder);
    newestMs = Math.max(newestMs, entry.isDirectory ? newestIn(url) : modifiedMs(url));
  }
  return newestMs;
}

function entries(folder: URL): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** When a file was last written, epoch ms; 0 when there is none. */
function modifiedMs(file: URL): number {
  try {
    return Deno.statSync(file).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
