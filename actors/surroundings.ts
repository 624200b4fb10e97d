/**
 * The variables that many commands are given alike: a worker is told of them once, not with each
 * command.
 *
 * @module
 */

/** Variables by name. */
export type Environment = Readonly<Record<string, string>>;

/** Knows the environment that was asked for last. */
export class Environments {
  #last: Environment = {};
  /** What was given last: the same as that, though it may be another object. */
  #given = this.#last;

  /** The same object as before where nothing has changed. What is given must not change any more. */
  of(variables: Environment): Environment {
    if (variables === this.#given) return this.#last;
    this.#given = variables;
    if (!isSame(variables, this.#last)) this.#last = variables;
    return this.#last;
  }
}

function isSame(one: Environment, other: Environment): boolean {
  let count = 0;
  for (const name in one) {
    if (one[name] !== other[name]) return false;
    count++;
  }
  for (const _ in other) count--;
  return count === 0;
}
