/**
 * The program inside a worker process. Arguments: socket path, generation, nonce, where jobs have
 * their folders, what kind of jobs they are, and the path of `setsid` where there is one, for commands
 * that Deno starts.
 *
 * @module
 */
import { arity, encode, malformed, messages, protocol } from "../messages/wire.ts";
import { Bench } from "./bench.ts";
import { Denials, watchDenials } from "./denials.ts";
import { describe } from "./describe.ts";
import { Folders } from "./folders.ts";
import { launches } from "./launches.ts";
import { Link } from "./link.ts";
import { lockDown, sandboxed } from "./lockdown.ts";
import { rehearse } from "./rehearse.ts";
import type { Variables } from "./start.ts";

const {
  start,
  environment,
  cancel,
  giveBack,
  describe: describeKind,
  stop,
  ping,
  define,
  collect,
} = messages;

const [path, generation, nonce, place, kind, session] = Deno.args;
if (path === undefined || generation === undefined || nonce === undefined) Deno.exit(64);

const link = await Link.open(path);
const folders = new Folders(place ?? "");
const parts = { ...launches(session || null, path, link), folders };
const bench = new Bench(link, parts);
/** It has not run anything yet. */
let isNew = true;
const denials = new Denials((message) => link.say(message));
if (sandboxed()) {
  watchDenials((denial, stack) => denials.heard(denial, stack));
  lockDown(path);
}

// One task's forgotten promise or timer must not take its neighbours down.
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  console.error("Unhandled rejection in a task:", event.reason);
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  console.error("Uncaught error in a task:", event.error);
});

link.say(encode(messages.hello.kind, protocol, Deno.pid, Number(generation), nonce));
link.say(encode(messages.ready.kind));
// The parent has enough to do until the first one comes.
if (kind === "command") link.drained().then(() => parts.prepare());

const listening = link.listen((batch) => {
  const wrong = malformed(batch, "down");
  if (wrong) throw new TypeError(`Bad frame from the parent: ${wrong}`);
  for (let at = 0; at < batch.length;) {
    const kind = batch[at] as number;
    obey(kind, batch, at + 1);
    at += 1 + arity(kind);
  }
  bench.pump();
}, () => bench.attend());
try {
  await listening;
} catch (error) {
  console.error("The parent can't be understood:", error);
  Deno.exit(1);
}
Deno.exit(0); // The parent has hung up.

function obey(kind: number, batch: unknown[], at: number): void {
  switch (kind) {
    case start.kind:
      isNew = false;
      return bench.add(batch, at);
    case environment.kind:
      return void (bench.environment = batch[at] as Variables);
    case cancel.kind:
      return bench.cancel(batch[at] as number, batch[at + 1] as string);
    case giveBack.kind:
      return bench.giveBack(batch[at] as number);
    case define.kind:
      denials.define(batch[at] as number, batch[at + 2] as string);
      return bench.define(batch[at] as number, batch[at + 2] as string);
    case ping.kind:
      // Who is asked for a sign of life has been at rest for a second.
      if (isNew) rehearse(parts);
      isNew = false;
      return link.say(encode(messages.pong.kind, batch[at]));
    case collect.kind:
      return bench.collect(batch[at] === 1);
    case stop.kind:
      return bench.stop();
    case describeKind.kind:
      describe(batch[at + 1] as string).then((description) =>
        link.say(encode(messages.described.kind, batch[at], description))
      );
  }
}
