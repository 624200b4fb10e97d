/** The page about the wire says what the table says. `UPDATE=1` rewrites it. */
import { assertEquals } from "@std/assert";
import { malformed, messages } from "../messages/wire.ts";
import { protocolPage, session } from "./protocol_page.ts";
import { inPython } from "./python.ts";
import { until } from "./until.ts";
import { type Said, saidIn, WorkerParent } from "./worker_parent.ts";

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

Deno.test("docs/protocol.md: shows a session that the checks let pass", () => {
  for (const [direction, line] of session) {
    assertEquals(malformed(JSON.parse(line), direction), null, line);
  }
  const shown = protocolPage.match(/^(up|down) +\[.*\]$/gm)!;
  assertEquals(shown.map((line) => line.split(/ +(.*)/, 2)), session.map((pair) => [...pair]));
});

/** Pids, nonces and times are others each time. */
const masked = ([name, ...fields]: Said): unknown[] => [
  name,
  ...Object.entries(messages[name].fields).map(([field, type], i) =>
    field === "pid" || field === "nonce" || type === "number" ? field : fields[i]
  ),
];

Deno.test("docs/protocol.md: the session goes as it is shown", inPython, async () => {
  const program = new URL("./fixtures/workers/session.py", import.meta.url).pathname;
  const env = { PYTHONPATH: new URL("../examples/python-worker", import.meta.url).pathname };
  await using parent = await WorkerParent.of(["python3", program], env);
  const shown: unknown[][] = [];
  for (const [direction, line] of session) {
    if (direction === "down") await parent.sendItems(line.slice(1, -1));
    else {
      shown.push(...saidIn(JSON.parse(line)).map(masked));
      await until(() => parent.heard.length >= shown.length);
    }
  }
  assertEquals(parent.heard.map(masked), shown);
  assertEquals((await parent.status).code, 0);
});
