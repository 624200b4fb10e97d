/** The page about the wire says what the table says. `UPDATE=1` rewrites it. */
import { assertEquals } from "@std/assert";
import { malformed } from "../messages/wire.ts";
import { protocolPage } from "./protocol_page.ts";

const path = new URL("../docs/protocol.md", import.meta.url);

/** The text as the formatter can't change it: lines and columns of tables are its business. */
const plain = (text: string) => text.replaceAll(/\s+/g, " ").replaceAll(/-{2,}/g, "--").trim();

Deno.test("docs/protocol.md: is the page that the table of messages gives", async () => {
  if (Deno.env.get("UPDATE") === "1") {
    await Deno.writeTextFile(path, protocolPage);
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path.pathname] }).output();
  }
  assertEquals(plain(await Deno.readTextFile(path)), plain(protocolPage));
});

Deno.test("docs/protocol.md: shows an exchange that the checks let pass", () => {
  const lines = protocolPage.match(/^(up|down) +\[.*\]$/gm)!;
  assertEquals(lines.length, 4);
  for (const line of lines) {
    const direction = line.startsWith("up") ? "up" : "down";
    const batch = JSON.parse(line.slice(line.indexOf("[")));
    assertEquals(malformed(batch, direction), null, line);
  }
});
