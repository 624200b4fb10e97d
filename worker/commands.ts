/**
 * Runs commands: no shell, an own session, output captured with caps.
 *
 * @module
 */
import { Capture, type Captured } from "./capture.ts";
import { type Child, type Exit, type Launch, type Program, shortMs, type Used } from "./child.ts";
import { feed } from "./feed.ts";
import type { Folders } from "./folders.ts";
import { Live, type Tell } from "./live.ts";
import { spawnFailure } from "./spawn_failure.ts";
import type { Variables } from "./start.ts";
import { type Ended, failed, type Failure, type Running } from "./tasks.ts";
import { findProgram } from "./find_program.ts";

/** Input of a command's `start`. */
export interface CommandInput {
  readonly argv: readonly string[];
  /** Variables of its own, above those that all commands are given. */
  readonly env: Variables;
  /** Null: its own folder. */
  readonly cwd: string | null;
  /** Whether it has a folder of its own, which is its `HOME` and its `TMPDIR`. */
  readonly folder?: boolean;
  readonly stdin: string | null;
  /** Where output beyond `keepBytes` goes: a folder for whole files, or null for head and tail. */
  readonly spill: string | null;
  /** Bytes kept in memory of each stream (of head and of tail where not whole). */
  readonly keepBytes: number;
  readonly graceMs: number;
  /** Words before the program that hold it to its limits. */
  readonly words?: readonly string[];
}

/** The process of a command that ends sooner is not told of, unless it is held to limits, ms. */
const untoldMs = 10;

/** Time for the pipes to close after the command has exited; a grandchild may hold them. */
const drainMs = 500;

/** Time in which a command must take a piece of its input, ms. */
const stdinPatienceMs = 5_000;

/** Variable that names who started a process. */
const markName = "FLYBALL_MARK";
let mark: string | undefined;
const ownMark = () => mark ??= Deno.env.get(markName) ?? "";

/** Variables that a command is given besides those of its input. */
export interface Surroundings {
  /** Of many commands: the same object for all of them. */
  readonly environment: Variables;
  /** Above those. */
  readonly trace: Variables;
}

/** What a command is run with. */
export interface CommandParts {
  readonly launch: Launch;
  readonly folders: Folders;
  /** Hears what it writes. */
  readonly tell: Tell;
  /** Called where it is no short command, once. */
  readonly grown: () => void;
  /** Hears of its process. */
  readonly spawned: (pid: number) => void;
}

/** A command under way. */
export class CommandRun implements Running {
  #child: Child | null = null;
  #over = false;
  #aborted = false;
  /** What we have ended it for. */
  #failure: Failure | null = null;
  #grace: ReturnType<typeof setTimeout> | undefined;
  readonly #input: CommandInput;
  /** What many commands are given, and what only this one is besides its own variables. */
  readonly #surroundings: Surroundings;
  readonly #launch: Launch;
  readonly #folders: Folders;
  readonly #live: Live;
  readonly #grown: () => void;
  readonly #spawned: (pid: number) => void;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  /** What it has used, where somebody has counted. */
  used: Used | null = null;
  static #begun = 0;
  /** No other command of this worker has it. */
  readonly number = ++CommandRun.#begun;

  /** A command to be; `run` starts it. */
  constructor(
    input: CommandInput,
    surroundings: Surroundings,
    { launch, folders, tell, grown, spawned }: CommandParts,
  ) {
    this.#input = input;
    this.#surroundings = surroundings;
    this.#launch = launch;
    this.#folders = folders;
    this.#live = new Live(tell);
    this.#grown = grown;
    this.#spawned = spawned;
  }

  /** Starts the command and resolves with how it ended. Never rejects. */
  async run(): Promise<Ended> {
    if (!this.#input.folder) return await this.#runIn(null);
    let folder: string;
    try {
      folder = this.#folders.make();
    } catch (error) {
      return failed("spawn", "no_folder", error instanceof Error ? error.message : String(error));
    }
    const ended = await this.#runIn(folder);
    await this.#folders.drop(folder);
    return ended;
  }

  async #runIn(folder: string | null): Promise<Ended> {
    const { stdin, spill, keepBytes } = this.#input;
    const program = this.#program(folder);
    if ("ending" in program) return program;
    const live = this.#live;
    const [out, err] = [new Capture({ keepBytes, spill }), new Capture({ keepBytes, spill })];
    let child: Child;
    try {
      child = this.#launch(program, {
        stdout: (bytes) => (out.take(bytes), live.take(1, bytes)),
        stderr: (bytes) => (err.take(bytes), live.take(2, bytes)),
        grown: () => this.#grow(),
      });
    } catch (error) {
      return this.#misplaced(folder) ?? spawnFailure(this.#input.argv[0]!, error);
    }
    this.#child = child;
    if (this.#input.words) this.#spawned(child.pid);
    if (stdin !== null) {
      feed(child.stdin!, stdin, stdinPatienceMs).then((taken) => taken || this.#end(unread));
    }
    const exit = await child.exited;
    this.#over = true;
    this.used = exit.used;
    clearTimeout(this.#announcing);
    clearTimeout(this.#grace);
    child.signal("SIGKILL"); // What the command left running in its session goes with it.
    if (child.isOpen) {
      const late = setTimeout(() => child.stop(), drainMs);
      await child.closed;
      clearTimeout(late);
    }
    live.end();
    const told = payload(exit, out.end(), err.end(), this.#aborted ? null : this.#failure);
    if (this.#aborted) return { ending: 2, payload: told };
    return { ending: exit.code === 0 && !this.#failure ? 0 : 1, payload: told };
  }

  /** What is to be started, or why it can't be. */
  #program(folder: string | null): Program | Ended {
    const { argv, stdin, words = [] } = this.#input;
    const { environment, trace } = this.#surroundings;
    const own = folder === null ? {} : { HOME: folder, TMPDIR: folder };
    // By our mark it is found wherever it goes, even in a session of its own.
    const marks = { [markName]: `${ownMark()}/${this.number}` };
    const env: Variables = { ...own, ...trace, ...this.#input.env, ...marks };
    const cwd = this.#input.cwd ?? folder ?? "/";
    const path = env["PATH"] ?? environment["PATH"] ?? "";
    const found = findProgram(argv[0]!, cwd, path);
    if (typeof found !== "string") return this.#misplaced(folder) ?? found;
    // Its own name, unless that would be taken for an option.
    const name = argv[0]!.startsWith("-") ? found : argv[0]!;
    const first = words.length === 0 ? found : findProgram(words[0]!, cwd, path);
    if (typeof first !== "string") return this.#misplaced(folder) ?? first;
    const all = [...words, name, ...argv.slice(1)];
    return { path: first, argv: all, cwd, environment, env, hasInput: stdin !== null };
  }

  /** Why it can't run where it should, null where it can. */
  #misplaced(folder: string | null): Ended | null {
    const cwd = this.#input.cwd ?? folder ?? "/";
    const wrong = cwd === folder ? null : folderFlaw(cwd);
    return wrong === null ? null : failed("spawn", "cwd_not_found", `cwd ${cwd} ${wrong}`);
  }

  /** It has outlived the short ones; who has this, too, is told of. */
  #grow(): void {
    this.#grown();
    if (this.#input.words || this.#over) return;
    this.#announcing = setTimeout(() => this.#spawned(this.#child!.pid), untoldMs - shortMs);
  }

  /** SIGTERM to the whole session, SIGKILL when the grace is over. */
  abort(): void {
    if (this.#aborted || this.#over) return;
    this.#aborted = true;
    this.#stop();
  }

  /** Ends the command for a reason of our own, noted before the first signal. */
  #end(failure: Failure): void {
    if (this.#over || this.#aborted) return;
    this.#failure = failure;
    this.#stop();
  }

  #stop(): void {
    this.#child?.signal("SIGTERM");
    clearTimeout(this.#grace);
    this.#grace = setTimeout(
      () => this.#over || this.#child?.signal("SIGKILL"),
      this.#input.graceMs,
    );
  }
}

/** A command that does not take its input is ended. */
const unread: Failure = {
  category: "timeout",
  code: "stdin_timeout",
  message: `Took nothing of its input for ${stdinPatienceMs / 1_000} s`,
};

function payload(exit: Exit, out: Captured, err: Captured, failure: Failure | null): string {
  return JSON.stringify({
    ...failure,
    exitCode: exit.code,
    signal: exit.signal,
    stdout: out.text ?? "",
    stderr: err.text ?? "",
    ...(out.base64 !== undefined && { stdoutBase64: out.base64 }),
    ...(err.base64 !== undefined && { stderrBase64: err.base64 }),
    ...(out.file !== undefined && { stdoutFile: out.file }),
    ...(err.file !== undefined && { stderrFile: err.file }),
    droppedBytes: out.droppedBytes + err.droppedBytes,
  });
}

function folderFlaw(path: string): string | null {
  try {
    return Deno.statSync(path).isDirectory ? null : "is not a directory";
  } catch {
    return "does not exist";
  }
}
