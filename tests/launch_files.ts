/**
 * Starts 200 programs natively and prints what is left of them: open files, and dead processes that
 * nobody has waited for. A program of its own, as files of other tests come and go.
 *
 * @module
 */
import { nativeLauncher } from "../worker/launch_native.ts";

const { launch } = nativeLauncher()!;
const sh = {
  path: "/bin/sh",
  argv: ["sh", "-c", "echo x"],
  environment: {},
  env: {},
  cwd: "/",
  hasInput: false,
};
const deaf = { wrote() {}, grown() {}, exited() {}, closed() {} };

const run = () =>
  new Promise<void>((closed) => {
    const exited = () => child.isOpen || closed();
    const child = launch(sh, { ...deaf, exited, closed });
  });

const files = () => [...Deno.readDirSync("/proc/self/fd")].length;

// Deno opens two files for signals, sooner or later.
Deno.addSignalListener("SIGUSR2", deaf.grown);
await run();
const before = files();
await Promise.all(Array.from({ length: 200 }, run));
try {
  launch({ ...sh, path: "/nowhere" }, deaf);
} catch { /* there is no such program */ }
const opened = files() - before;
const children = Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/children`).trim().split(" ");
const zombies =
  children.filter(Boolean).filter((pid) =>
    Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z ")
  ).length;
console.log(JSON.stringify({ opened, zombies }));
Deno.exit(0);
