/** Whoever connects to the socket of the workers is greeted, also after there was no room. */
import { assertEquals } from "@std/assert";
import { Greeting } from "../actors/host/greeting.ts";
import { tempFolder } from "./live.ts";

Deno.test("greeting: goes on when a connection can't be accepted for want of descriptors", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/workers.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  let failures = 2;
  const short = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        failures-- > 0
          ? Promise.reject(new Error("Too many open files (os error 24)"))
          : listener[Symbol.asyncIterator]().next(),
    }),
  };
  const greeting = new Greeting(new Map());
  const accepting = greeting.accept(short as Deno.UnixListener);
  using caller = await Deno.connect({ transport: "unix", path });
  await caller.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  assertEquals(await caller.read(new Uint8Array(1)).catch(() => null), null, "was hung up on");
  listener.close();
  await accepting;
});
