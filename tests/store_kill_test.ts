import { assert, assertEquals, assertGreater } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";

const writer = new URL("./store_writer.ts", import.meta.url).pathname;
const kills = 5;

/**
 * Starts the writer, kills it by SIGKILL a random time after its first acknowledgement and returns
 * the ids of the jobs that it had acknowledged.
 */
async function ackedBeforeKill(directory: string): Promise<number[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", writer, directory, "8", "0", "FULL"],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  let doomed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (doomed || !text.includes("ack ")) continue;
    doomed = true;
    setTimeout(() => child.kill("SIGKILL"), Math.random() * 150);
  }
  const { signal } = await child.status;
  assertEquals(signal, "SIGKILL");
  // What follows the last line's end was cut off: no acknowledgement.
  return text.split("\n").slice(0, -1).map((line) => line.split(" "))
    .filter(([word]) => word === "ack").map(([, id]) => Number(id));
}

Deno.test(`kill -9: nothing acknowledged is lost in ${kills} kills`, async () => {
  const directory = await Deno.makeTempDir();
  try {
    const acked: number[] = [];
    for (let i = 0; i < kills; i++) acked.push(...await ackedBeforeKill(directory));
    assertGreater(acked.length, kills);
    assertEquals(new Set(acked).size, acked.length);

    const db = new DatabaseSync(`${directory}/flyball.db`);
    const { integrity_check } = db.prepare("pragma integrity_check").get()!;
    db.close();
    assertEquals(integrity_check, "ok");

    const store = await sqliteStore({ directory });
    const stored = new Set<number>();
    for await (const page of store.recover()) {
      if (page.type === "open") { for (const { id } of page.jobs) stored.add(id); }
    }
    await store.close();
    assertEquals(acked.filter((id) => !stored.has(id)), []);
    assertEquals([store.epoch, store.corruptRows], [kills + 1, 0]);
    assert(store.lastJobId >= Math.max(...acked));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
