/**
 * What a worker must know before it is sent a job: its operation, and the environment of commands.
 *
 * @module
 */
import { encode, messages } from "../messages/wire.ts";
import type { Environment } from "./surroundings.ts";
import type { Job } from "./job.ts";
import type { Operation } from "./operation.ts";

/** Tells a worker each thing once. */
export class Briefing {
  readonly #defined = new Set<number>();
  #environment: Environment | null = null;
  readonly #send: (message: string) => void;

  /** `send` says a message to the worker. */
  constructor(send: (message: string) => void) {
    this.#send = send;
  }

  /** Tells of an operation. */
  operation({ number, name, source }: Operation): void {
    if (this.#defined.has(number)) return;
    this.#defined.add(number);
    this.#send(encode(messages.define.kind, number, name, source));
  }

  /** Tells what has to be known of a job that is sent next. */
  job({ operation, environment }: Job): void {
    if (!this.#defined.has(operation.number)) this.operation(operation);
    if (environment === null || environment === this.#environment) return;
    this.#environment = environment;
    this.#send(encode(messages.environment.kind, environment));
  }
}
