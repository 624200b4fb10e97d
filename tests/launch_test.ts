/** Programs are started alike, natively and by Deno. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Child, Exit, Hearer, Launch, Parent, Program } from "../worker/child.ts";
import { launcher } from "../worker/launch.ts";
import { nativeLauncher } from "../worker/launch_native.ts";
import { until } from "./until.ts";

const native = nativeLauncher()?.launch ?? null;
/** A launcher hears of the children of its process for as long as that lives. */
const lasting = { sanitizeOps: false, sanitizeResources: false };
const ways: readonly [string, Launch | null][] = [
  ["by Deno", launcher(null)],
  ["native", native],
];
const sh = (...words: string[]): Partial<Program> => ({
  path: "/bin/sh",
  argv: ["sh", "-c", ...words],
});

const plain: Program = {
  path: "/bin/sh",
  argv: ["sh"],
  environment: {},
  env: {},
  cwd: "/",
  hasInput: false,
};

const deaf: Hearer = { wrote() {}, grown() {}, exited() {}, closed() {} };

/** A program, and promises of what is heard of it. */
interface Followed extends Child {
  readonly end: Promise<Exit>;
  /** How it has exited; null as long as nobody has heard of it. */
  readonly exit: () => Exit | null;
  /** When it has exited and all that it wrote was taken. */
  readonly over: Promise<void>;
}

function follow(launch: Launch, program: Program, hearer: Partial<Hearer> = {}): Followed {
  const [end, over] = [Promise.withResolvers<Exit>(), Promise.withResolvers<void>()];
  let known: Exit | null = null;
  const child = launch(program, {
    ...deaf,
    ...hearer,
    exited(exit) {
      end.resolve(known = exit);
      if (!child.isOpen) over.resolve();
    },
    closed: over.resolve,
  });
  return {
    pid: child.pid,
    stdin: child.stdin,
    get isOpen() {
      return child.isOpen;
    },
    stop: () => child.stop(),
    signal: (signal) => child.signal(signal),
    ...{ end: end.promise, over: over.promise, exit: () => known },
  };
}

/** A parent that is heard by nobody but the loop. */
const silent: Parent = { hear: () => false, flush: () => true };

interface Ran extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

async function run(launch: Launch, part: Partial<Program>): Promise<Ran> {
  const decoders = [new TextDecoder(), new TextDecoder()] as const;
  const told = ["", ""];
  const wrote: Hearer["wrote"] = (stream, bytes) => {
    told[stream - 1] += decoders[stream - 1]!.decode(bytes, { stream: true });
  };
  const child = follow(launch, { ...plain, ...part }, { wrote });
  await child.over;
  return { ...await child.end, stdout: told[0]!, stderr: told[1]! };
}

const env = { A: "b=c", LEER: "", ÄÖ: "ü ß\n=" };
const cases: readonly [what: string, part: Partial<Program>, expected: Partial<Ran>][] = [
  ["a success", sh("exit 0"), { code: 0, signal: null }],
  ["a failure", sh("exit 7"), { code: 7, signal: null }],
  ["a signal", sh("kill -9 $$"), { code: null, signal: "SIGKILL" }],
  ["another signal", sh("kill -TERM $$"), { code: null, signal: "SIGTERM" }],
  ["its streams", sh("echo out; echo err >&2"), { stdout: "out\n", stderr: "err\n" }],
  ["its arguments", sh('printf "<%s>" "$@"', "-", "ä b", "", '"'), { stdout: '<ä b><><">' }],
  ["its variables", { path: "/usr/bin/env", argv: ["env", "-0"], env }, {
    stdout: "A=b=c\0LEER=\0ÄÖ=ü ß\n=\0",
  }],
  ["variables above those of many", {
    path: "/usr/bin/env",
    argv: ["env", "-0"],
    environment: { A: "1", B: "2" },
    env: { B: "ü" },
  }, { stdout: "A=1\0B=ü\0" }],
  ["its folder", { ...sh("pwd"), cwd: "/proc" }, { stdout: "/proc\n" }],
  ["no input", sh("cat; echo end"), { stdout: "end\n" }],
  ["a session of its own", sh("echo $$ $(cut -d' ' -f5,6 /proc/$$/stat)"), {}],
  ["much output", sh("head -c 3000000 /dev/zero | tr '\\0' x"), { stdout: "x".repeat(3e6) }],
];

for (const [way, launch] of ways) {
  for (const [what, part, expected] of cases) {
    Deno.test(
      { name: `launch: ${way}, ${what}`, ignore: launch === null, ...lasting },
      async () => {
        const ran = await run(launch!, part);
        assertEquals({ ...ran, ...expected }, ran);
        if (!what.includes("session")) return;
        const [pid, group, session] = ran.stdout.trim().split(" ");
        assertEquals([group, session], [pid, pid]);
      },
    );
  }
}

Deno.test(
  { name: "launch: signals are as they are at first", ignore: !native, ...lasting },
  async () => {
    const part = sh("grep -E 'Sig(Ign|Blk)' /proc/self/status | cut -f2 | uniq");
    assertEquals((await run(native!, part)).stdout, "0000000000000000\n");
  },
);

Deno.test(
  { name: "launch: a script without a shell's name is the shell's", ignore: !native, ...lasting },
  async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeTextFile(path, 'echo "$1 from $0"');
    await Deno.chmod(path, 0o755);
    assertEquals(
      (await run(native!, { path, argv: ["x", "hello"] })).stdout,
      `hello from ${path}\n`,
    );
    await Deno.remove(path);
  },
);

const refused: readonly [string, Partial<Program>, number | string][] = [
  ["no such program", { path: "/nowhere" }, 2],
  ["what is no program", { path: "/etc" }, 13],
  ["no such folder", { cwd: "/nowhere" }, 2],
  ["more arguments than the system takes", sh("x".repeat(200_000)), 7],
  ["a NUL in an argument", sh("a\0b"), "NUL"],
];
for (const [what, part, answer] of refused) {
  Deno.test({ name: `launch: refuses ${what}`, ignore: !native, ...lasting }, () => {
    const start = () => native!({ ...plain, ...part }, deaf);
    assertThrows(start, Error, typeof answer === "number" ? `(os error ${answer})` : answer);
  });
}

const left = "launch: nothing stays open or unburied after 200 programs";
Deno.test({ name: left, ignore: !native, ...lasting }, async () => {
  const program = new URL("./launch_files.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program],
    stderr: "inherit",
  }).output();
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), { opened: 0, zombies: 0 });
});

Deno.test(
  { name: "launch: stop lets go of what a grandchild holds", ignore: !native, ...lasting },
  async () => {
    const told: string[] = [];
    const part = sh("echo first; sleep 600 & exec true");
    const program = { ...plain, ...part, env: { PATH: "/usr/bin:/bin" } };
    const wrote: Hearer["wrote"] = (_, bytes) => void told.push(new TextDecoder().decode(bytes));
    const child = follow(native!, program, { wrote });
    const { code, signal } = await child.end;
    assertEquals([code, signal], [0, null]);
    await until(() => told.length > 0);
    child.stop();
    await child.over;
    Deno.kill(-child.pid, "SIGKILL");
    assertEquals(told, ["first\n"]);
    await run(native!, sh("exit 0")); // The kernel is asked once more, and then no longer.
  },
);

/** A launcher with a connection to a parent, and the parent's end of it. */
async function connected() {
  const path = `${await Deno.makeTempDir()}/socket`;
  const listener = Deno.listen({ transport: "unix", path });
  const ours = await Deno.connect({ transport: "unix", path });
  const parent = await listener.accept();
  let grown = 0;
  const { launch, attend, cable } = nativeLauncher(path)!;
  return {
    cable: cable!,
    attend: (underWay: number, of = silent) => attend(of, () => underWay),
    follow: (part: Partial<Program>) =>
      follow(launch, { ...plain, ...part }, { grown: () => void grown++ }),
    parent,
    grown: () => grown,
    async [Symbol.asyncDispose]() {
      for (const each of [ours, parent, listener]) each.close();
      await Deno.remove(path.slice(0, -"/socket".length), { recursive: true });
    },
  };
}

Deno.test(
  { name: "launch: a short program is waited for", ignore: !native, ...lasting },
  async () => {
    await using own = await connected();
    // On a busy machine one may be a long one.
    await until(async () => {
      const before = own.grown();
      const child = own.follow(sh("exit 7"));
      own.attend(1);
      const isKnown = child.exit() !== null; // Before the loop could tell of it.
      assertEquals(own.grown() - before, isKnown ? 0 : 1);
      assertEquals((await child.end).code, 7);
      await child.over;
      return isKnown;
    });
  },
);

Deno.test(
  { name: "launch: a long program is not waited for", ignore: !native, ...lasting },
  async () => {
    await using own = await connected();
    const child = own.follow(sh("exec sleep 600"));
    own.attend(1);
    assertEquals([child.exit(), own.grown()], [null, 1]);
    own.attend(1); // It is known by now.
    child.signal("SIGTERM");
    assertEquals((await child.end).signal, "SIGTERM");
    await child.over;
    assertEquals(own.grown(), 1);
  },
);

Deno.test(
  { name: "launch: a word of the parent ends the waiting", ignore: !native, ...lasting },
  async () => {
    await using own = await connected();
    await own.parent.write(new Uint8Array(1));
    const child = own.follow(sh("exec sleep 600"));
    for (let i = 0; i < 3; i++) own.attend(1);
    // A machine that was busy for so long may have seen it grow.
    assert(own.grown() === 0 || child.isOpen);
    child.signal("SIGKILL");
    await until(() => (own.attend(1), !child.isOpen));
    assertEquals((await child.end).signal, "SIGKILL");
  },
);

Deno.test(
  { name: "launch: nothing waits while more is under way", ignore: !native, ...lasting },
  async () => {
    await using own = await connected();
    const child = own.follow(sh("exit 3"));
    own.attend(2);
    assertEquals([child.exit(), own.grown()], [null, 1]);
    assertEquals((await child.end).code, 3);
    await child.over;
  },
);

Deno.test(
  { name: "launch: the parent is heard while the thread waits", ignore: !native, ...lasting },
  async () => {
    await using own = await connected();
    await own.parent.write(new Uint8Array([1, 2, 3]));
    const room = new Uint8Array(8);
    let [heard, flushed] = [0, 0];
    const parent: Parent = {
      hear: () => (heard += own.cable.receive(room)) > 0,
      flush: () => ++flushed > 0,
    };
    // On a busy machine one may be a long one before the thread begins to wait for it.
    await until(async () => {
      const child = own.follow(sh("exit 0"));
      own.attend(1, parent);
      const isHeard = heard > 0; // Before the loop could hear it.
      await child.over;
      return isHeard;
    });
    assertEquals([heard, flushed > 0, own.cable.receive(room) < 0], [3, true, true]);
    assertEquals(own.cable.send(new Uint8Array([4, 5])), 2);
    assertEquals(await own.parent.read(room), 2);
  },
);
