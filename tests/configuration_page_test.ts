/** The page about the configuration says what its schema takes, and what its owners mean by it. */
import { assert, assertEquals } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { liveKeys } from "../actors/reload.ts";
import { parseConfig } from "../cli/config_yaml.ts";
import { configurationPage, configurationRows, unknownSections } from "./configuration_page.ts";
import { blocksOf, saidOf } from "./docstrings.ts";

const path = new URL("../docs/configuration.md", import.meta.url);

/** However wide the cells of a table are, and wherever lines end. */
const unpadded = (text: string) => text.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ").trim();

Deno.test("docs/configuration.md: is what schemas and docstrings say", async () => {
  assertEquals(unknownSections, []);
  if (Deno.env.get("UPDATE")) await Deno.writeTextFile(path, await configurationPage());
  assertEquals(
    unpadded(await Deno.readTextFile(path)),
    unpadded(await configurationPage()),
    "write it anew: UPDATE=1 deno test -A tests/configuration_page_test.ts && deno fmt docs",
  );
});

Deno.test("docs/configuration.md: no key is without a meaning", async () => {
  const rows = [...(await configurationRows()).values()].flat();
  assertEquals(rows.filter(({ meaning }) => meaning === null).map(({ key }) => key), []);
  assert(rows.length > 150, `${rows.length} keys`);
});

Deno.test("docs/configuration.md: has every key that changes while the service runs", async () => {
  const rows = [...(await configurationRows()).values()].flat();
  const shown = rows.filter(({ isLive }) => isLive).map(({ key }) => `${key}.`);
  const asShown = (key: string) => key.replace(/^pools\.\*/, "pools.NAME");
  assertEquals(
    liveKeys.filter((key) => !shown.some((row) => row.startsWith(`${asShown(key)}.`))),
    [],
  );
});

Deno.test("docs/configuration.md: its configuration is valid", async () => {
  const text = /```yaml\n(.*?)```/s.exec(await configurationPage())![1]!;
  assertEquals(composeConfig([parseConfig("flyball.yaml", text)]).jobs.timeoutMs, 600_000);
});

Deno.test("docstrings: belong to the keys below them, by block", () => {
  const blocks = blocksOf(`
const one = z.object({
  /** First. */
  a: z.string(),
  /**
   * Second,
   * of two lines.
   */
  b: z.object({
    /** Inner. */
    a: z.string(),
  }),
  c: z.string(),
});
`);
  assertEquals(blocks.map((block) => [...block]), [
    [["a", "First."], ["b", "Second, of two lines."], ["c", "Second, of two lines."]],
    [["a", "Inner."]],
  ]);
  assertEquals(saidOf(blocks, "a", ["a", "b", "c"]), "First.");
  assertEquals(saidOf(blocks, "a", ["a"]), "Inner.");
  assertEquals(saidOf(blocks, "c", ["a", "c"]), null);
});
