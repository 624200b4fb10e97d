/**
 * Turns what is submitted into orders: checks it, finds its operation, fills in defaults.
 *
 * @module
 */
import type { JobSpec, Stage, Work } from "../messages/job.ts";
import { parseJob, readStored, refusalOf } from "./admission.ts";
import { dueAt, instantOf } from "./due_at.ts";
import { flaw } from "./flaw.ts";
import { operationOf, type Order } from "./job.ts";
import { jobFields } from "./job_fields.ts";
import type { CommandPlace, OrderDefaults, Orders } from "./orders.ts";
import { Refusal } from "./runtime.ts";
import { checkUnits } from "./turns/check_units.ts";
import type { Rules } from "./turns/rule.ts";
import { within } from "./within.ts";

/** What submitted jobs are given where they ask for nothing. */
export interface IntakeOptions {
  readonly defaults: OrderDefaults;
  /** Where a submitted command runs; throws Refusal where it may not. */
  readonly place: (spec: JobSpec) => CommandPlace;
  /** Whether jobs may be commands, and whether they may be text for the shell. */
  readonly commands: { readonly allow: boolean; readonly shell: boolean };
  /** What holds for the keys of jobs. */
  readonly rules: Rules;
}

/** Hears how long it took to check the input of a job of `operation`. */
export type Checked = (operation: string, tookMs: number) => void;

/** The gate for submitted jobs. */
export class Intake {
  /** Who hears of checks. */
  checked: Checked = () => {};
  readonly #orders: Orders;
  readonly #wallMs: () => number;
  /** What is allowed and given now. */
  options: IntakeOptions;

  /** Makes orders through `orders`; `wallMs` tells which deadlines have passed. */
  constructor(orders: Orders, options: IntakeOptions, wallMs: () => number) {
    this.#wallMs = wallMs;
    this.#orders = orders;
    this.options = options;
  }

  /** The order for a submitted job; `pointer` says where it stood in what was sent. */
  order(given: JobSpec, pointer = ""): Order {
    const spec = parseJob(given, pointer);
    return within(pointer, () => {
      if (spec.deadlineAt !== undefined) checkDeadline(spec, this.#wallMs());
      if (spec.idempotencyWindowMs !== undefined) checkWindow(spec);
      const order = this.#order(spec, (order) => this.#checkInput(order));
      if (order.keys) checkUnits(spec, order.keys, this.options.rules);
      return order;
    });
  }

  /** The order for a job that an earlier start took: what its task takes may be another by now. */
  again(spec: JobSpec): Order {
    return this.#order(readStored(spec), (order) => order);
  }

  #order(spec: JobSpec, checked: (order: Order) => Order): Order {
    const { defaults, place } = this.options;
    this.#orders.checkPool(spec);
    if (spec.task !== undefined) return checked(this.#orders.forTask(spec, defaults, null));
    if (spec.stages) return this.#run(spec, spec.stages, checked);
    this.#permit(spec);
    return this.#orders.forCommand(spec, place(spec), defaults, null);
  }

  /** A run is refused for what would fail one of its stages. */
  #run(
    spec: JobSpec,
    stages: readonly Stage[],
    checked: (order: Order) => Order,
  ): Order {
    stages.forEach((stage, i) =>
      within(`/stages/${i}`, () => {
        if (stage.task === undefined) this.#permit(stage);
        else checked(this.#orders.forTask(stage, this.options.defaults, null));
      })
    );
    if (spec.workspace?.reset) within("/workspace", () => this.#permit({}, "reset"));
    return this.#orders.forRun(spec, this.options.defaults);
  }

  /** Refuses an input that the task would not take. */
  #checkInput(order: Order): Order {
    const { operation: { check }, spec } = order;
    if (!check) return order;
    const sinceMs = performance.now();
    const flaws = check(spec.input ?? null, "/input");
    this.checked(operationOf(spec), performance.now() - sinceMs);
    if (flaws.length > 0) throw refusalOf(flaws);
    return order;
  }

  #permit({ shell }: Work, field = shell === undefined ? "command" : "shell"): void {
    const { commands } = this.options;
    if (!commands.allow) throw forbidden("Commands are", field, "commands.allow");
    if (shell === undefined || commands.shell) return;
    throw forbidden("Text for the shell is", field, "commands.shell");
  }
}

/** Refuses a window of no key. */
function checkWindow({ idempotencyKey, idempotencyWindowMs }: JobSpec): void {
  if (idempotencyKey !== undefined) return;
  const { code } = jobFields.idempotencyWindowMs;
  const expected = "absent without an idempotencyKey";
  throw refusalOf([flaw(code, "/idempotencyWindowMs", expected, idempotencyWindowMs)]);
}

/** Refuses a job that has no time left, or none after its begin. */
function checkDeadline(spec: JobSpec, nowAt: number): void {
  const deadlineAt = instantOf(spec.deadlineAt!);
  const beginsAt = Math.max(nowAt, dueAt(spec, nowAt) ?? nowAt);
  if (deadlineAt > beginsAt) return;
  const hasPassed = deadlineAt <= nowAt;
  const expected = `an instant after ${new Date(beginsAt).toISOString()}`;
  const given = String(spec.deadlineAt);
  throw new Refusal(
    hasPassed ? "deadline_passed" : "invalid_deadline",
    `Cannot take the job as its deadlineAt ${hasPassed ? "has passed" : "is before its begin"}: ` +
      `it takes ${expected}, given ${given}`,
    [{ pointer: "/deadlineAt", message: "is too early", expected, given }],
  );
}

/** Says which key of the configuration would allow it. */
function forbidden(what: string, field: string, key: string): Refusal {
  const isShell = key === "commands.shell";
  const hint = isShell ? ", or send command, an array of program and arguments" : "";
  const expected = `${key}: true in the configuration${hint}`;
  return new Refusal(
    isShell ? "shell_not_allowed" : "commands_not_allowed",
    `${what} not allowed here: it takes ${expected}`,
    [{ pointer: `/${field}`, message: "is not allowed", expected }],
  );
}
