/** A worker that is at rest tries its code out. */
import { assertEquals } from "@std/assert";
import { WorkerParent } from "./worker_parent.ts";

const toy = new URL("./tasks/toy.ts", import.meta.url).href;

Deno.test("rehearse: what a worker at rest tries out is told to nobody", async () => {
  await using parent = await WorkerParent.open();
  await parent.send(["ping", 1]);
  await parent.hears("pong");
  assertEquals(parent.heard.map(([name]) => name), ["hello", "ready", "pong"]);
  await parent.send(["define", 1, "toy", toy], ["start", 0, 1, 1, { do: "echo", value: 7 }, 0, ""]);
  await parent.hears("finished");
  const [, id, ending, value] = parent.heard.at(-1)!;
  assertEquals([id, ending, value], [0, 0, 7]);
});
