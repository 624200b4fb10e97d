/**
 * Runs commands: no shell, an own session, output captured with caps.
 *
 * @module
 */
import { Capture, type Captured } from "./capture.ts";
import {
  type Child,
  type Exit,
  type Hearer,
  type Launch,
  type Program,
  shortMs,
  type Stream,
  type Used,
} from "./child.ts";
import { feed } from "./feed.ts";
import type { Folders } from "./folders.ts";
import { Live } from "./live.ts";
import { spawnFailure } from "./spawn_failure.ts";
import type { Start, Variables } from "./start.ts";
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

/** What commands are run with. */
export interface CommandParts {
  readonly launch: Launch;
  readonly folders: Folders;
  /** Hears what job `id` writes; false when there was no room for its text. */
  readonly tell: (id: number, stream: Stream, text: string) => boolean;
  /** Called where one is no short command, once. */
  readonly grown: () => void;
  /** Hears of the process of job `id`. */
  readonly spawned: (id: number, pid: number) => void;
}

/** A command under way. */
export class CommandRun implements Running, Hearer {
  #child: Child | null = null;
  #exit: Exit | null = null;
  #aborted = false;
  /** What we have ended it for. */
  #failure: Failure | null = null;
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** Its own folder, and whom it tells how it has ended. */
  #folder: string | null = null;
  #ended: (ended: Ended) => void = () => {};
  readonly #id: number;
  readonly #input: CommandInput;
  /** What many commands are given, and what only this one is besides its own variables. */
  readonly #environment: Variables;
  readonly #trace: Variables;
  readonly #parts: CommandParts;
  /** Made when something is written: most commands write to one stream, or none. */
  #out: Capture | null = null;
  #err: Capture | null = null;
  #live: Live | null = null;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  static #begun = 0;
  /** No other command of this worker has it. */
  readonly number = ++CommandRun.#begun;

  /** The command of a job, which may have variables of its `trace`; `run` starts it. */
  constructor({ id, input, environment }: Start, trace: Variables, parts: CommandParts) {
    this.#id = id;
    this.#input = input as CommandInput;
    this.#environment = environment;
    this.#trace = trace;
    this.#parts = parts;
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
      this.#child = this.#parts.launch(program, this);
    } catch (error) {
      return this.#end(this.#misplaced() ?? spawnFailure(this.#input.argv[0]!, error));
    }
    const { stdin, words } = this.#input;
    if (words) this.#parts.spawned(this.#id, this.#child.pid);
    if (stdin === null) return;
    feed(this.#child.stdin!, stdin, stdinPatienceMs).then((taken) => taken || this.#fail(unread));
  }

  /** It has written something. */
  wrote(stream: Stream, bytes: Uint8Array): void {
    const capture = stream === 1
      ? this.#out ??= new Capture(this.#input)
      : this.#err ??= new Capture(this.#input);
    capture.take(bytes);
    this.#live ??= new Live((stream, text) => this.#parts.tell(this.#id, stream, text));
    this.#live.take(stream, bytes);
  }

  /** Its process has exited. */
  exited(exit: Exit): void {
    this.#exit = exit;
    if (this.#announcing) clearTimeout(this.#announcing);
    if (this.#grace) clearTimeout(this.#grace);
    const child = this.#child!;
    child.signal("SIGKILL"); // What the command left running in its session goes with it.
    if (child.isOpen) this.#late = setTimeout(() => child.stop(), drainMs);
    else this.closed();
  }

  /** It has exited and all that it wrote was taken. */
  closed(): void {
    if (this.#late) clearTimeout(this.#late);
    this.#live?.end();
    const failure = this.#aborted ? null : this.#failure;
    const [out, err] = [this.#out?.end() ?? nothing, this.#err?.end() ?? nothing];
    const told = payload(this.#exit!, out, err, failure);
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
    const environment = this.#environment;
    const env: Variables = {
      ...(folder !== null && { HOME: folder, TMPDIR: folder }),
      ...this.#trace,
      ...this.#input.env,
      // By our mark it is found wherever it goes, even in a session of its own.
      [markName]: `${ownMark()}/${this.number}`,
    };
    const cwd = this.#input.cwd ?? folder ?? "/";
    const path = env["PATH"] ?? environment["PATH"] ?? "";
    const found = findProgram(argv[0]!, cwd, path);
    if (typeof found !== "string") return this.#misplaced() ?? found;
    // Its own name, unless that would be taken for an option.
    const name = argv[0]!.startsWith("-") ? found : argv[0]!;
    const first = words.length === 0 ? found : findProgram(words[0]!, cwd, path);
    if (typeof first !== "string") return this.#misplaced() ?? first;
    const all = words.length === 0 && name === argv[0] ? argv : [...words, name, ...argv.slice(1)];
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
  grown(): void {
    this.#parts.grown();
    if (this.#input.words || this.#exit) return;
    const told = () => this.#parts.spawned(this.#id, this.#child!.pid);
    this.#announcing = setTimeout(told, untoldMs - shortMs);
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

/** Of a stream that was not written to. */
const nothing: Captured = { text: "", droppedBytes: 0 };

/** What is not there is left out. */
function payload(exit: Exit, out: Captured, err: Captured, failure: Failure | null): string {
  return JSON.stringify({
    ...failure,
    exitCode: exit.code,
    signal: exit.signal,
    stdout: out.text ?? "",
    stderr: err.text ?? "",
    stdoutBase64: out.base64,
    stderrBase64: err.base64,
    stdoutFile: out.file,
    stderrFile: err.file,
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
