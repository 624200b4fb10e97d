/**
 * What would be published.
 *
 * @module
 */
import { assertEquals } from "@std/assert";

/** The folder of this repository. */
export const checkout: string = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Runs Deno; its output, after it ended well. */
export async function deno(
  args: readonly string[],
  cwd: string = checkout,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { ...env, NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0, text(stderr));
  return args[0] === "publish" ? text(stderr) + text(stdout) : text(stdout);
}

let listed: Promise<readonly string[]> | null = null;

/** Paths of what would be published, as a dry run names them. */
export const published = (): Promise<readonly string[]> => listed ??= list();

async function list(): Promise<readonly string[]> {
  const flags = ["--dry-run", "--allow-slow-types", "--allow-dirty", "--no-check"];
  const said = await deno(["publish", ...flags]);
  return [...said.matchAll(/^ *(file:\S+) \(/gm)]
    .map(([, url]) => decodeURIComponent(new URL(url!).pathname).slice(checkout.length + 1));
}
