/** The page about policies says what there is. */
import { assertEquals } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { choices, nameOf } from "../actors/policy_config.ts";
import { parseConfig } from "../cli/config_yaml.ts";
import { policiesPage, unadvised } from "./policies_page.ts";

const path = new URL("../docs/policies.md", import.meta.url);

/** However wide the cells of a table are. */
const unpadded = (text: string) => text.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ");

Deno.test("docs/policies.md: is what the list of policies says", async () => {
  assertEquals(unadvised, []);
  if (Deno.env.get("UPDATE")) await Deno.writeTextFile(path, policiesPage());
  assertEquals(unpadded(await Deno.readTextFile(path)), unpadded(policiesPage()));
});

Deno.test("docs/policies.md: its configurations are valid", () => {
  const configurations = policiesPage().matchAll(/```yaml\n(.*?)```/gs);
  const names = [...configurations].map(([, text]) => {
    const { pools } = composeConfig([parseConfig("flyball.yaml", text!)]);
    return choices(pools.default).map(nameOf);
  });
  assertEquals(names, [["governor", "schedule", "aimd"], ["perQueue"]]);
});
