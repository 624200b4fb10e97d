/**
 * From a checked job to what the queue takes: which operation, with which payload and defaults.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import type { Limits } from "../messages/limits.ts";
import { messageCharsMax } from "../messages/wire.ts";
import { commandGrant, inWorkspace, runGrant } from "./grant.ts";
import { Environments } from "./surroundings.ts";
import type { Job, Order } from "./job.ts";
import { nearest } from "./nearest.ts";
import type { Operation } from "./operation.ts";
import { usualPool } from "./pool_of.ts";
import { Pools } from "./pools.ts";
import { Refusal } from "./runtime.ts";
import type { Outcome } from "../messages/outcome.ts";
import { keysOf } from "./turns/keys_of.ts";

/** Bytes of output kept of a command, of each end of each stream. */
const keepBytes = 64 * 1024;

/** Names of tasks that a refusal lists. */
const namesShown = 20;

/** As whom commands run. */
export interface CommandPlace {
  readonly env: Readonly<Record<string, string>>;
  /** Null: the job's own folder. */
  readonly cwd: string | null;
  /** Whether the job is given a folder of its own, for `HOME` and `TMPDIR`. */
  readonly folder: boolean;
  /** Where large outputs go whole; null: only head and tail are kept. */
  readonly spill: string | null;
  /** Bytes kept of each end of each stream. Default 64 KiB. */
  readonly keepBytes?: number;
}

/** What orders are made with. */
export interface OrderDefaults {
  /** 0: none. */
  readonly timeoutMs: number;
  readonly retries: number;
  /** Longest waits for a start. Default: any. */
  readonly queueTimeouts?: QueueTimeouts;
}

/** For jobs that this process runs itself. */
export const unlimited: OrderDefaults = { timeoutMs: 0, retries: 0 };

/** Longest waits for a start by class, ms; null: any. */
export interface QueueTimeouts {
  readonly highMs: number | null;
  readonly normalMs: number | null;
  readonly lowMs: number | null;
}

/** What a job is held to. */
export interface Bounds {
  /** What it may take of the machine. */
  of(spec: JobSpec): Limits | null;
  /** What only so many jobs may have at once; null: nothing. */
  keysOf(spec: JobSpec): readonly string[] | null;
  /** Attempts after the first, where its operation says; null: it doesn't. */
  retriesOf(spec: JobSpec): number | null;
}

type Ended = ((job: Job, outcome: Outcome) => void) | null;

/** Makes orders for all pools. */
export class Orders {
  readonly commands: Operation;
  /** Staged runs, which no worker runs: their stages are jobs of their own. */
  readonly runs: Operation;
  readonly #tasks: ReadonlyMap<string, Operation>;
  readonly #graceMs: number;
  readonly #bounds: Bounds;
  readonly #pools: Pools;
  readonly #environments = new Environments();

  /** For registered `tasks`; `bounds` says what a job is held to, `pools` where it goes. */
  constructor(
    tasks: readonly Operation[],
    slotsMax: number,
    graceMs: number,
    bounds: Bounds = { of: () => null, keysOf, retriesOf: () => null },
    pools = new Pools(),
  ) {
    this.#bounds = bounds;
    this.#pools = pools;
    this.#tasks = new Map(tasks.map((operation) => [operation.name, operation]));
    this.#graceMs = graceMs;
    this.commands = { number: 0, name: "command", source: "", grant: commandGrant, slotsMax };
    this.runs = { number: 0, name: "run", source: "", grant: runGrant, slotsMax: 1 };
  }

  /** Refuses a job for a pool that there is not. */
  checkPool(spec: JobSpec): void {
    this.#pools.of(spec);
  }

  /** Names of the registered tasks. */
  get names(): string[] {
    return [...this.#tasks.keys()];
  }

  /** The operation of a task; throws Refusal `unknown_task` with the nearest name. */
  task(name: string): Operation {
    const operation = this.#tasks.get(name);
    if (operation) return operation;
    const near = nearest(name, this.names).join(" or ");
    const some = this.names.slice(0, namesShown).join(", ");
    const hint = near ? `did you mean ${near}?` : `there are: ${some || "none"}`;
    throw new Refusal("unknown_task", `There is no task ${JSON.stringify(name)}: ${hint}`, [
      {
        pointer: "/task",
        message: "is not registered",
        expected: `one of ${some || "none"}`,
        given: name,
      },
    ]);
  }

  /** An order for a task; `folder` is the workspace of the run that it is a stage of. */
  forTask(spec: JobSpec, defaults: OrderDefaults, ended: Ended, folder?: string): Order {
    const task = this.task(spec.task!);
    const operation = folder === undefined
      ? task
      : { ...task, grant: inWorkspace(task.grant, folder) };
    return this.#order(operation, inputText(spec.input), spec, defaults, ended);
  }

  /** An order for a command or a text for the shell that runs at `place`. */
  forCommand(spec: JobSpec, place: CommandPlace, defaults: OrderDefaults, ended: Ended): Order {
    const payload = inputText({
      argv: argvOf(spec),
      env: spec.env ?? {},
      cwd: place.cwd,
      folder: place.folder,
      stdin: spec.stdin ?? null,
      spill: place.spill,
      keepBytes: place.keepBytes ?? keepBytes,
      graceMs: this.#graceMs,
    });
    const order = this.#order(this.commands, payload, spec, defaults, ended);
    return { ...order, environment: this.#environments.of(place.env) };
  }

  /** An order for a staged run. */
  forRun(spec: JobSpec, defaults: OrderDefaults): Order {
    return this.#order(this.runs, inputText(spec.stages), spec, defaults, null);
  }

  #order(
    operation: Operation,
    payload: string,
    given: JobSpec,
    defaults: OrderDefaults,
    ended: Ended,
  ): Order {
    const spec = this.#pools.profiles.fill(given);
    const pool = this.#pools.of(spec);
    // A job stays where it was sent when its operation is given another pool.
    const isMoved = pool !== usualPool && operation.grant.kind !== "run";
    return {
      operation: isMoved ? this.#pools.operationIn(pool, operation) : operation,
      payload,
      spec: pool === (spec.pool ?? usualPool) ? spec : { ...spec, pool },
      timeoutMs: spec.timeoutMs ?? defaults.timeoutMs,
      retries: spec.retries ?? this.#bounds.retriesOf(spec) ?? defaults.retries,
      queueTimeoutMs: spec.queueTimeoutMs ??
        defaults.queueTimeouts?.[`${spec.priority ?? "normal"}Ms`] ?? 0,
      limits: this.#bounds.of(spec),
      keys: this.#bounds.keysOf(spec),
      ended,
    };
  }
}

/** Words to start. A shell finds values as `$1`, `$2`, …: they are never part of its text. */
const argvOf = ({ command, shell, args = [] }: JobSpec): readonly string[] =>
  command ?? ["/bin/sh", "-c", shell!, "sh", ...args];

/** JSON text of an input; throws Refusal when it isn't JSON or too large. */
export function inputText(input: unknown): string {
  if (typeof input === "number" && input - input === 0) return String(input);
  if (input === undefined) return "null";
  let text: string | undefined;
  try {
    text = JSON.stringify(input);
  } catch (error) {
    throw new Refusal(
      "invalid_input",
      `Cannot take the input as it is not JSON: ${error instanceof Error ? error.message : error}`,
      [{
        pointer: "/input",
        message: "must be JSON",
        expected: "a JSON value",
        given: typeof input,
      }],
    );
  }
  if (text === undefined) {
    const given = typeof input;
    throw new Refusal("invalid_input", `Cannot take the input as it is not JSON: a ${given}`, [
      { pointer: "/input", message: "must be JSON", expected: "a JSON value", given },
    ]);
  }
  const most = messageCharsMax - 1024;
  if (text.length > most) {
    const expected = `at most ${most} characters of JSON`;
    throw new Refusal(
      "input_too_large",
      `Cannot take an input of ${text.length} characters of JSON as the limit is ${most}: ` +
        "pass the path of a file instead",
      [{ pointer: "/input", message: "is too large", expected, given: String(text.length) }],
    );
  }
  return text;
}
