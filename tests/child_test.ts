/** What can go wrong on our side of a worker process. */
import { assertEquals, assertMatch } from "@std/assert";
import { Child } from "../actors/host/child.ts";
import type { Enclosure } from "../actors/host/enclosure.ts";
import type { WorkerEvents } from "../actors/ports.ts";
import { frame, Unframer } from "../messages/wire.ts";
import { tempFolder } from "./live.ts";
import { framed } from "./wire_bytes.ts";

const nowhere = {
  words: [],
  mark: "test",
  caged: false,
  started: () => {},
  connected: () => 1,
  emptied: () => Promise.resolve(),
} as unknown as Enclosure;

const events = (told: string[], part: Partial<WorkerEvents> = {}): WorkerEvents => ({
  connected: () => {},
  frame: () => {},
  garbage: (because) => told.push(because),
  exited: ({ code, stderrTail }) => told.push(`exited ${code}: ${stderrTail}`),
  failed: (because) => told.push(because),
  ...part,
});

Deno.test("child: its end is told when nobody takes what it prints", async () => {
  const told: string[] = [];
  const child = new Child("nonce", 1, events(told), () => {
    throw new Deno.errors.BrokenPipe("Broken pipe");
  });
  const left = () => {};
  const words = ["sh", "-c", "echo out; echo bad >&2; exit 3"];
  await child.start({
    words: () => words,
    session: null,
    cwd: null,
    env: {},
    enclosure: nowhere,
    left,
  });
  assertEquals(told, ["exited 3: bad\n"]);
});

Deno.test("child: an error of our own ends its worker and nothing else", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/socket`;
  using listener = Deno.listen({ transport: "unix", path });
  using worker = await Deno.connect({ transport: "unix", path });
  const told: string[] = [];
  const printed: string[] = [];
  const garbage = Promise.withResolvers<void>();
  const child = new Child(
    "nonce",
    1,
    events(told, {
      frame: (batch) => {
        if (batch.length === 2) throw new TypeError("job is undefined");
        told.push(`frame of ${batch.length}`);
      },
      garbage: (because) => {
        told.push(because);
        if (told.length === 3) garbage.resolve();
      },
    }),
    (bytes) => printed.push(new TextDecoder().decode(bytes)),
  );
  const connection = await listener.accept();
  child.connect(connection, { reader: new Unframer(), write: frame }, 1, [[1, 2]]);
  await worker.write(framed([[1], [1, 2]]));
  await garbage.promise;
  connection.close();
  const ours = "our own error: job is undefined";
  assertEquals(told, [ours, "frame of 1", ours]);
  assertMatch(printed[0]!, /^TypeError: job is undefined\n +at /);
});
