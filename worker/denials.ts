/**
 * Hears of every access that was denied, also where the task keeps it to itself.
 *
 * @module
 */
import { encode, messages } from "../messages/wire.ts";

/** Denials passed on per second; more are left out. */
const denialsPerS = 100;
/** Characters of what was asked for that are passed on. */
const askedCharsMax = 512;

/** What was denied. */
export interface Denial {
  /** `read`, `net`, …, or one of ours: `storage`, `worker`, `internals`, `intrinsics`. */
  readonly permission: string;
  /** A path, a host, a name; empty when it was all of them. */
  readonly asked: string;
}

const { defineProperty, preventExtensions, setPrototypeOf } = Object;
const { construct } = Reflect;
const { NotCapable } = Deno.errors;
const { performance } = globalThis;

/** Thrown for what is closed in a sandbox and needs no permission outside of one. */
export class Refused extends NotCapable {
  /** `asked` is what was touched. */
  constructor(permission: string, asked: string) {
    super(`Requires ${permission} access to ${JSON.stringify(asked)}, which no sandbox has`);
  }
}

const required = /^Requires (\w+) access(?: to (.+?))?, (?:run again|which)/s;

/** What a message of Deno's says was denied; null for any other message. */
export function denialOf(message: string): Denial | null {
  const [, permission, asked = ""] = required.exec(message) ?? [];
  return permission === undefined ? null : { permission, asked: asked.replaceAll('"', "") };
}

/** Some denials are told in other words, such as that of links, which asks for two at once. */
const unusual = (message: string): Denial => ({
  permission: /--allow-(\w+)/.exec(message)?.[1] ?? "unknown",
  asked: message,
});

/** Calls `hear` with each denial and the way to the stack of whoever asked. */
export function watchDenials(hear: (denial: Denial, stack: () => string) => void): void {
  // Deno makes its error with `super(message)`: whatever is thrown has passed through here.
  const Heard = function (this: unknown, message: string) {
    const error = construct(Error, [message], new.target!) as Error;
    const said = String(message);
    hear(denialOf(said) ?? unusual(said), () => String(error.stack));
    return error;
  };
  Heard.prototype = Error.prototype;
  setPrototypeOf(NotCapable, Heard);
  preventExtensions(NotCapable);
  // A module that may not be read is a TypeError, made where no script runs, and given a code.
  defineProperty(TypeError.prototype, "code", {
    get: () => undefined,
    set(this: Error, value: unknown) {
      const own = { value, writable: true, enumerable: true, configurable: true };
      defineProperty(this, "code", own);
      const denial = value === "ERR_MODULE_NOT_FOUND" ? denialOf(this.message) : null;
      if (denial) hear(denial, () => String(this.stack));
    },
    configurable: false,
  });
}

/** Tells the parent, at a bounded rate, which operation was denied what. */
export class Denials {
  readonly #say: (message: string) => void;
  readonly #sources: string[] = [];
  #second = 0;
  #told = 0;

  /** `say` takes messages for the parent. */
  constructor(say: (message: string) => void) {
    this.#say = say;
  }

  /** Operation `number` is the module at `source`. */
  define(number: number, source: string): void {
    this.#sources[number] = source;
  }

  /** Something was denied to code with that stack. */
  heard({ permission, asked }: Denial, stack: () => string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#told = 0;
    this.#second = second;
    if (this.#told++ >= denialsPerS) return;
    const operation = this.#culprit(stack);
    const fields = [operation, permission, asked.slice(0, askedCharsMax)];
    this.#say(encode(messages.violation.kind, ...fields));
  }

  /** The operation whose module is on the stack, 0 when none is. */
  #culprit(stack: () => string): number {
    try {
      const text = stack();
      return Math.max(0, this.#sources.findIndex((source) => source && text.includes(source)));
    } catch {
      return 0; // The task has its own idea of what a stack is.
    }
  }
}
