/** The lock of a data directory. */
import { assertEquals } from "@std/assert";
import { lockDirectory } from "../actors/stores/sqlite/lock.ts";

/** Starts programs, one after another, in a thread of its own. */
const starter = `
  for (let i = 0; i < 100; i++) await new Deno.Command("true").output();
  self.postMessage("over");
`;

Deno.test("lock: is free at once after its release, also while another thread starts programs", async () => {
  const directory = await Deno.makeTempDir();
  const url = URL.createObjectURL(new Blob([starter], { type: "text/javascript" }));
  const thread = new Worker(url, { type: "module" });
  let isOver = false;
  thread.onmessage = () => isOver = true;
  let refused = 0;
  while (!isOver) {
    for (let i = 0; i < 20; i++) {
      try {
        lockDirectory(directory).release();
      } catch {
        refused++;
      }
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  thread.terminate();
  URL.revokeObjectURL(url);
  await Deno.remove(directory, { recursive: true });
  assertEquals(refused, 0);
});
