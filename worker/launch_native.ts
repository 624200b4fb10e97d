/**
 * Starts programs by the C library's `posix_spawn`, which makes a session without another program
 * and without copying page tables.
 *
 * @module
 */
import type { Child, Hearer, Launcher, Program } from "./child.ts";
import { errorOf, type Libc, openLibc, osError } from "./libc.ts";
import { linkFile } from "./link_file.ts";
import { Offspring } from "./offspring.ts";
import { shortenSlice } from "./slice.ts";
import { cString, Wording } from "./texts.ts";
import { Cable } from "./cable.ts";

const closeOnExec = 0o2000000;
const notExecutable = 8;
/** A session of its own, all signals as they are at first, none held back. */
const flags = 0x80 | 0x04 | 0x08;
/** More than any C library needs for its records of a start. */
const recordBytes = 1024;
/** Sets of actions that are remembered. */
const actionsMax = 64;
/** Paths of programs that are remembered. */
const pathsMax = 64;

/** Starts programs natively. */
export interface NativeLauncher extends Launcher {
  /** The connection to the parent; null where it isn't known. */
  readonly cable: Cable | null;
}

/**
 * Starts programs natively; null where that can't be had. Programs with input are not for it. `link`
 * is the path of the socket to the parent; without one nobody waits on the thread itself.
 */
export function nativeLauncher(link: string | null = null): NativeLauncher | null {
  const libc = openLibc();
  if (libc === null) return null;
  try {
    const file = link === null ? null : linkFile(libc, link);
    const offspring = new Offspring(libc, file);
    const native = new Native(libc, offspring);
    if (file !== null) shortenSlice(libc);
    return {
      cable: file === null ? null : new Cable(libc, file),
      launch: (program, hearer) => native.launch(program, hearer),
      attend: (parent, underWay) => offspring.attend(parent, underWay),
    };
  } catch {
    return null;
  }
}

/** What all starts share. */
class Native {
  readonly #libc: Libc;
  readonly #offspring: Offspring;
  readonly #attributes = new Uint8Array(recordBytes);
  /** What a child does before it becomes its program, by its files and its folder. */
  readonly #actions = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #wording = new Wording();
  readonly #nothing: number;
  readonly #paths = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #pair = new Int32Array(2);
  readonly #pairBytes = new Uint8Array(this.#pair.buffer);
  readonly #pid = new Int32Array(1);
  readonly #pidBytes = new Uint8Array(this.#pid.buffer);

  /** Throws where the system lacks something. */
  constructor(libc: Libc, offspring: Offspring) {
    this.#libc = libc;
    this.#offspring = offspring;
    this.#nothing = libc.open(cString("/dev/null"), closeOnExec);
    if (this.#nothing < 0) throw errorOf(libc);
    const signalSet = new Uint8Array(128);
    libc.posix_spawnattr_init(this.#attributes);
    libc.posix_spawnattr_setflags(this.#attributes, flags);
    libc.posix_spawnattr_setsigmask(this.#attributes, signalSet);
    libc.posix_spawnattr_setsigdefault(this.#attributes, signalSet.fill(0xff));
  }

  /** Starts `program`. */
  launch(program: Program, hearer: Hearer): Child {
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
    return this.#offspring.follow(pid, out, err, hearer);
  }

  #spawn(program: Program, out: number, err: number): number {
    const actions = this.#actionsOf(out, err, program.cwd);
    const { path, argv } = program;
    let failed = this.#start(path, argv, program, actions);
    if (failed === notExecutable) { // A script that names no shell is the shell's, as everywhere.
      failed = this.#start("/bin/sh", ["/bin/sh", path, ...argv.slice(1)], program, actions);
    }
    if (failed !== 0) throw osError(failed);
    return this.#pid[0]!;
  }

  /** 0, or what the system answered. */
  #start(
    path: string,
    argv: readonly string[],
    { environment, env }: Program,
    actions: Uint8Array<ArrayBuffer>,
  ): number {
    const { args, variables, held } = this.#wording.of(argv, environment, env);
    const failed = this.#libc.posix_spawn(
      this.#pidBytes,
      this.#pathOf(path),
      actions,
      this.#attributes,
      args,
      variables,
    );
    held[0] = 0; // Kept until here.
    return failed;
  }

  /** The same few programs are started most of the time. */
  #pathOf(path: string): Uint8Array<ArrayBuffer> {
    let known = this.#paths.get(path);
    if (known) return known;
    if (this.#paths.size >= pathsMax) this.#paths.clear();
    this.#paths.set(path, known = cString(path));
    return known;
  }

  /** Files have the same few numbers most of the time, and each action costs two calls of the kernel. */
  #actionsOf(out: number, err: number, cwd: string): Uint8Array<ArrayBuffer> {
    const libc = this.#libc;
    const key = `${out} ${err} ${cwd}`;
    let actions = this.#actions.get(key);
    if (actions) return actions;
    if (this.#actions.size >= actionsMax) {
      for (const known of this.#actions.values()) libc.posix_spawn_file_actions_destroy(known);
      this.#actions.clear();
    }
    actions = new Uint8Array(recordBytes);
    // One that is missing would have the program run elsewhere, or write elsewhere.
    const failed = libc.posix_spawn_file_actions_init(actions) ||
      libc.posix_spawn_file_actions_adddup2(actions, this.#nothing, 0) ||
      libc.posix_spawn_file_actions_adddup2(actions, out, 1) ||
      libc.posix_spawn_file_actions_adddup2(actions, err, 2) ||
      libc.posix_spawn_file_actions_addchdir_np(actions, cString(cwd));
    if (failed !== 0) throw osError(failed);
    this.#actions.set(key, actions);
    return actions;
  }

  #pipe(): [read: number, write: number] {
    if (this.#libc.pipe2(this.#pairBytes, closeOnExec) < 0) throw errorOf(this.#libc);
    return [this.#pair[0]!, this.#pair[1]!];
  }

  #close(...files: number[]): void {
    for (const file of files) this.#libc.close(file);
  }
}
