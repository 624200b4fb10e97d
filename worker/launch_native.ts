/**
 * Starts programs by the C library's `posix_spawn`, which makes a session without another program
 * and without copying page tables.
 *
 * @module
 */
import type { Child, Exit, Launch, Program, Take, Used } from "./child.ts";
import { cString, errorOf, type Libc, openLibc, osError, texts } from "./libc.ts";
import { Poller } from "./poller.ts";

const closeOnExec = 0o2000000;
const [setFlags, nonBlocking] = [4, 0o4000];
const setPipeSize = 1031;
const noWait = 1;
/** Room for what the kernel has counted: two times of two numbers each, and 14 numbers. */
const usageNumbers = 18;
/** Where disk reads and writes stand among them, in blocks of so many bytes. */
const [readsAt, writesAt, blockBytes] = [11, 12, 512];
const pidfdOpen = 434n;
const notExecutable = 8;
const signalNumbers = { SIGKILL: 9, SIGTERM: 15 } as const;
/** A session of its own, all signals as they are at first, none held back. */
const flags = 0x80 | 0x04 | 0x08;
/** More than any C library needs for its records of a start. */
const recordBytes = 1024;
/** Read at once. */
const roomBytes = 256 * 1024;
/** What a pipe holds at first; who fills it is given one that holds what is read at once. */
const pipeBytes = 64 * 1024;

/** Names of signals by number, as Linux has them. */
const signals = ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT " +
  "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS").split(" ");

/** Starts programs natively; null where that can't be had. Programs with input are not for it. */
export function nativeLauncher(): Launch | null {
  const libc = openLibc();
  if (libc === null) return null;
  try {
    const native = new Native(libc);
    return (program, stdout, stderr) => native.launch(program, stdout, stderr);
  } catch {
    return null;
  }
}

/** What all starts share. */
class Native {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #attributes = new Uint8Array(recordBytes);
  readonly #actions = new Uint8Array(recordBytes);
  readonly #nothing: number;
  readonly #pair = new Int32Array(2);
  readonly #number = new Int32Array(1);
  readonly #usage = new BigInt64Array(usageNumbers);
  readonly #room = new Uint8Array(roomBytes);

  /** Throws where the system lacks something. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#poller = new Poller(libc);
    this.#nothing = libc.open(cString("/dev/null"), closeOnExec);
    if (this.#nothing < 0) throw errorOf(libc);
    libc.close(this.#pidfd(Deno.pid));
    const signalSet = new Uint8Array(128);
    libc.posix_spawnattr_init(this.#attributes);
    libc.posix_spawnattr_setflags(this.#attributes, flags);
    libc.posix_spawnattr_setsigmask(this.#attributes, signalSet);
    libc.posix_spawnattr_setsigdefault(this.#attributes, signalSet.fill(0xff));
  }

  /** Starts `program`. */
  launch(program: Program, stdout: Take, stderr: Take): Child {
    const [out, outOfChild] = this.#pipe();
    let err: number;
    let errOfChild: number;
    try {
      [err, errOfChild] = this.#pipe();
    } catch (error) {
      this.#close(out, outOfChild);
      throw error;
    }
    let pid: number;
    try {
      pid = this.#spawn(program, outOfChild, errOfChild);
    } catch (error) {
      this.#close(out, err);
      throw error;
    } finally {
      this.#close(outOfChild, errOfChild);
    }
    return this.#follow(pid, [out, stdout], [err, stderr]);
  }

  #spawn({ path, argv, env, cwd }: Program, out: number, err: number): number {
    const libc = this.#libc;
    const args = texts(argv);
    const variables = texts(Object.entries(env).map(([name, value]) => `${name}=${value}`));
    const held = [args.bytes, variables.bytes, cString(cwd)] as const;
    const actions = this.#actions;
    libc.posix_spawn_file_actions_init(actions);
    libc.posix_spawn_file_actions_adddup2(actions, this.#nothing, 0);
    libc.posix_spawn_file_actions_adddup2(actions, out, 1);
    libc.posix_spawn_file_actions_adddup2(actions, err, 2);
    libc.posix_spawn_file_actions_addchdir_np(actions, held[2]);
    const start = (file: string, { pointers }: { pointers: Uint8Array<ArrayBuffer> }) =>
      libc.posix_spawn(
        new Uint8Array(this.#number.buffer),
        cString(file),
        actions,
        this.#attributes,
        pointers,
        variables.pointers,
      );
    let failed = start(path, args);
    if (failed === notExecutable) { // A script that names no shell is the shell's, as everywhere.
      const shell = texts(["/bin/sh", path, ...argv.slice(1)]);
      failed = start("/bin/sh", shell);
      shell.bytes.fill(0); // Kept until here.
    }
    libc.posix_spawn_file_actions_destroy(actions);
    for (const bytes of held) bytes.fill(0);
    if (failed !== 0) throw osError(failed);
    return this.#number[0]!;
  }

  #follow(pid: number, ...outputs: readonly [file: number, take: Take][]): Child {
    let pidfd: number;
    try {
      pidfd = this.#pidfd(pid);
    } catch (error) {
      this.#libc.kill(pid, signalNumbers.SIGKILL);
      this.#libc.wait4(pid, this.#status, 0, null);
      this.#close(...outputs.map(([file]) => file));
      throw error;
    }
    const exited = Promise.withResolvers<Exit>();
    const closed = Promise.withResolvers<void>();
    let isOver = false;
    const open = new Set(outputs.map(([file]) => file));
    const close = (file: number) => {
      if (!open.delete(file)) return;
      this.#poller.close(file);
      if (open.size === 0) closed.resolve();
    };
    this.#poller.watch(pidfd, () => {
      if (this.#libc.wait4(pid, this.#status, noWait, this.#usage) !== pid) return false;
      this.#poller.close(pidfd);
      isOver = true;
      exited.resolve({ ...exitOf(this.#number[0]!), used: usedOf(this.#usage) });
      return false;
    });
    for (const [file, take] of outputs) {
      this.#poller.watch(file, () => {
        const count = Number(this.#libc.read(file, this.#room, BigInt(roomBytes)));
        if (count > 0) take(this.#room.slice(0, count));
        else if (count === 0) close(file);
        if (count === pipeBytes) this.#libc.fcntl(file, setPipeSize, roomBytes);
        return count >= pipeBytes;
      });
    }
    return {
      pid,
      stdin: null,
      exited: exited.promise,
      closed: closed.promise,
      stop: () => [...open].forEach(close),
      signal: (signal) => {
        const number = signalNumbers[signal];
        if (this.#libc.kill(-pid, number) < 0 && !isOver) this.#libc.kill(pid, number);
      },
    };
  }

  get #status(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#number.buffer);
  }

  #pidfd(pid: number): number {
    const pidfd = Number(this.#libc.syscall(pidfdOpen, pid, 0));
    if (pidfd < 0) throw errorOf(this.#libc);
    return pidfd;
  }

  /** A pipe whose reading end, which is ours, never waits. */
  #pipe(): [read: number, write: number] {
    if (this.#libc.pipe2(new Uint8Array(this.#pair.buffer), closeOnExec) < 0) {
      throw errorOf(this.#libc);
    }
    const [read, write] = this.#pair as unknown as [number, number];
    this.#libc.fcntl(read, setFlags, nonBlocking);
    return [read, write];
  }

  #close(...files: number[]): void {
    for (const file of files) this.#libc.close(file);
  }
}

/** Reads what `wait4` tells. */
function exitOf(status: number): Pick<Exit, "code" | "signal"> {
  const signal = status & 0x7f;
  if (signal === 0) return { code: status >> 8 & 0xff, signal: null };
  return { code: null, signal: `SIG${signals[signal - 1] ?? signal}` };
}

/** Reads what the kernel has counted. */
function usedOf(usage: BigInt64Array): Used {
  const [userS, userUs, systemS, systemUs] = usage;
  const cpuMs = Number(userS! + systemS!) * 1_000 + Number(userUs! + systemUs!) / 1_000;
  return { cpuMs, ioBytes: Number(usage[readsAt]! + usage[writesAt]!) * blockBytes };
}
