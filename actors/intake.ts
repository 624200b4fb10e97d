/**
 * Turns what is submitted into orders: checks it, finds its operation, fills in defaults.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import { parseJob } from "./admission.ts";
import type { Order } from "./job.ts";
import { checkPool, type CommandPlace, type OrderDefaults, type Orders } from "./orders.ts";
import { Refusal } from "./runtime.ts";

/** What submitted jobs are given where they ask for nothing. */
export interface IntakeOptions {
  readonly defaults: OrderDefaults;
  /** Where a submitted command runs; throws Refusal where it may not. */
  readonly place: (spec: JobSpec) => CommandPlace;
  readonly commandsAllowed: boolean;
}

/** The gate for submitted jobs. */
export class Intake {
  readonly #orders: Orders;
  readonly #options: IntakeOptions;

  /** Makes orders through `orders`. */
  constructor(orders: Orders, options: IntakeOptions) {
    this.#orders = orders;
    this.#options = options;
  }

  /** The order for a submitted job; `pointer` says where it stood in what was sent. */
  order(given: JobSpec, pointer = ""): Order {
    const spec = parseJob(given, pointer);
    const { defaults, place, commandsAllowed } = this.#options;
    checkPool(spec, pointer);
    if (!spec.command) return this.#orders.forTask(spec, defaults, null);
    if (!commandsAllowed) {
      throw new Refusal(
        "commands_not_allowed",
        "Commands are not allowed here: commands.allow is false",
      );
    }
    return this.#orders.forCommand(spec, place(spec), defaults, null);
  }
}
