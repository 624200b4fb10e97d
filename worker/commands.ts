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
  #exit: Exit | null = null;
  #aborted = false;
  /** What we have ended it for. */
  #failure: Failure | null = null;
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** Its own folder, and whom it tells how it has ended. */
  #folder: string | null = null;
  #ended: (ended: Ended) => void = () => {};
  readonly #input: CommandInput;
  /** What many commands are given, and what only this one is besides its own variables. */
  readonly #surroundings: Surroundings;
  readonly #parts: CommandParts;
  readonly #out: Capture;
  readonly #err: Capture;
  readonly #live: Live;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  static #begun = 0;
  /** No other command of this worker has it. */
  readonly number = ++CommandRun.#begun;

  /** A command to be; `run` starts it. */
  constructor(input: CommandInput, surroundings: Surroundings, parts: CommandParts) {
    this.#input = input;
    this.#surroundings = surroundings;
    this.#parts = parts;
    this.#out = new Capture(input);
    this.#err = new Capture(input);
    this.#live = new Live(parts.tell);
  }

  /** What it has used, where somebody has counted. */
  get used(): Used | null {
    return this.#exit?.used ?? null;
  }

  /** Starts the command and tells `ended` how it ended: once, and before it returns if it can't start. */
  run(ended: (ended: Ended) => void): void {
    this.#ended = ended;
    if (this.#input.folder) {
      try {
        this.#folder = this.#parts.folders.make();
      } catch (error) {
        const because = error instanceof Error ? error.message : String(error);
        return ended(failed("spawn", "no_folder", because));
      }
    }
    const program = this.#program();
    if ("ending" in program) return this.#end(program);
    try {
      this.#child = this.#launch(program);
    } catch (error) {
      return this.#end(this.#misplaced() ?? spawnFailure(this.#input.argv[0]!, error));
    }
    const { stdin, words } = this.#input;
    if (words) this.#parts.spawned(this.#child.pid);
    if (stdin === null) return;
    feed(this.#child.stdin!, stdin, stdinPatienceMs).then((taken) => taken || this.#fail(unread));
  }

  #launch(program: Program): Child {
    const live = this.#live;
    return this.#parts.launch(program, {
      stdout: (bytes) => (this.#out.take(bytes), live.take(1, bytes)),
      stderr: (bytes) => (this.#err.take(bytes), live.take(2, bytes)),
      grown: () => this.#grow(),
      exited: (exit) => this.#exited(exit),
      closed: () => this.#closed(),
    });
  }

  #exited(exit: Exit): void {
    this.#exit = exit;
    for (const timer of [this.#announcing, this.#grace]) if (timer) clearTimeout(timer);
    const child = this.#child!;
    child.signal("SIGKILL"); // What the command left running in its session goes with it.
    if (child.isOpen) this.#late = setTimeout(() => child.stop(), drainMs);
    else this.#closed();
  }

  /** It has exited and all that it wrote was taken. */
  #closed(): void {
    clearTimeout(this.#late);
    this.#live.end();
    const failure = this.#aborted ? null : this.#failure;
    const told = payload(this.#exit!, this.#out.end(), this.#err.end(), failure);
    if (this.#aborted) return this.#end({ ending: 2, payload: told });
    this.#end({ ending: this.#exit!.code === 0 && !failure ? 0 : 1, payload: told });
  }

  #end(ended: Ended): void {
    const dropping = this.#folder === null ? null : this.#parts.folders.drop(this.#folder);
    if (dropping === null) this.#ended(ended);
    else dropping.then(() => this.#ended(ended));
  }

  /** What is to be started, or why it can't be. */
  #program(): Program | Ended {
    const folder = this.#folder;
    const { argv, stdin, words = [] } = this.#input;
    const { environment, trace } = this.#surroundings;
    const own = folder === null ? {} : { HOME: folder, TMPDIR: folder };
    // By our mark it is found wherever it goes, even in a session of its own.
    const marks = { [markName]: `${ownMark()}/${this.number}` };
    const env: Variables = { ...own, ...trace, ...this.#input.env, ...marks };
    const cwd = this.#input.cwd ?? folder ?? "/";
    const path = env["PATH"] ?? environment["PATH"] ?? "";
    const found = findProgram(argv[0]!, cwd, path);
    if (typeof found !== "string") return this.#misplaced() ?? found;
    // Its own name, unless that would be taken for an option.
    const name = argv[0]!.startsWith("-") ? found : argv[0]!;
    const first = words.length === 0 ? found : findProgram(words[0]!, cwd, path);
    if (typeof first !== "string") return this.#misplaced() ?? first;
    const all = [...words, name, ...argv.slice(1)];
    return { path: first, argv: all, cwd, environment, env, hasInput: stdin !== null };
  }

  /** Why it can't run where it should, null where it can. */
  #misplaced(): Ended | null {
    const folder = this.#folder;
    const cwd = this.#input.cwd ?? folder ?? "/";
    const wrong = cwd === folder ? null : folderFlaw(cwd);
    return wrong === null ? null : failed("spawn", "cwd_not_found", `cwd ${cwd} ${wrong}`);
  }

  /** It has outlived the short ones; who has this, too, is told of. */
  #grow(): void {
    this.#parts.grown();
    if (this.#input.words || this.#exit) return;
    const { spawned } = this.#parts;
    this.#announcing = setTimeout(() => spawned(this.#child!.pid), untoldMs - shortMs);
  }

  /** SIGTERM to the whole session, SIGKILL when the grace is over. */
  abort(): void {
    if (this.#aborted || this.#exit) return;
    this.#aborted = true;
    this.#stop();
  }

  /** Ends the command for a reason of our own, noted before the first signal. */
  #fail(failure: Failure): void {
    if (this.#exit || this.#aborted) return;
    this.#failure = failure;
    this.#stop();
  }

  #stop(): void {
    this.#child?.signal("SIGTERM");
    clearTimeout(this.#grace);
    this.#grace = setTimeout(
      () => this.#exit || this.#child?.signal("SIGKILL"),
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
