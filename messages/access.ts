/**
 * Who may do what.
 *
 * @module
 */

/**
 * What the owner of a token may do. `read`: see everything. `submit:GLOB`: hand in jobs of registered
 * tasks, and look after them; the glob is an operation, or what some begin with and a star. `shell`:
 * hand in what starts programs, which is all that the user of the service may. `admin`: everything.
 */
export type Role = "read" | "shell" | "admin" | `submit:${string}`;

/** Whoever asks, as the service knows them. */
export interface Me {
  /** Name of the token that was shown; null where none is needed. */
  readonly name: string | null;
  /** What it is good for. */
  readonly roles: readonly Role[];
}
