/** Programs are started alike, natively and by Deno. */
import { assertEquals, assertThrows } from "@std/assert";
import type { Exit, Launch, Program } from "../worker/child.ts";
import { launcher } from "../worker/launch.ts";
import { nativeLauncher } from "../worker/launch_native.ts";
import { until } from "./until.ts";

const native = nativeLauncher();
/** A launcher hears of the children of its process for as long as that lives. */
const lasting = { sanitizeOps: false, sanitizeResources: false };
const ways: readonly [string, Launch | null][] = [["by Deno", launcher(null)], ["native", native]];
const sh = (...words: string[]): Partial<Program> => ({
  path: "/bin/sh",
  argv: ["sh", "-c", ...words],
});

interface Ran extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

async function run(launch: Launch, part: Partial<Program>): Promise<Ran> {
  const decoders = [new TextDecoder(), new TextDecoder()] as const;
  const told = ["", ""];
  const take = (stream: 0 | 1) => (bytes: Uint8Array) => {
    told[stream] += decoders[stream].decode(bytes, { stream: true });
  };
  const program = { path: "/bin/sh", argv: ["sh"], env: {}, cwd: "/", hasInput: false, ...part };
  const child = launch(program, take(0), take(1));
  const exit = await child.exited;
  await child.closed;
  return { ...exit, stdout: told[0]!, stderr: told[1]! };
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
    const program = { path: "/bin/sh", argv: ["sh"], env: {}, cwd: "/", hasInput: false };
    const start = () => native!({ ...program, ...part }, () => {}, () => {});
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
    const program = { path: "/bin/sh", argv: part.argv!, env: { PATH: "/usr/bin:/bin" }, cwd: "/" };
    const take = (bytes: Uint8Array) => void told.push(new TextDecoder().decode(bytes));
    const child = native!({ ...program, hasInput: false }, take, take);
    const { code, signal } = await child.exited;
    assertEquals([code, signal], [0, null]);
    await until(() => told.length > 0);
    child.stop();
    await child.closed;
    Deno.kill(-child.pid, "SIGKILL");
    assertEquals(told, ["first\n"]);
    await run(native!, sh("exit 0")); // The kernel is asked once more, and then no longer.
  },
);
