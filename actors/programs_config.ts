/**
 * What a configuration says of worker programs.
 *
 * @module
 */
import { z } from "zod/mini";

/** Programs there can be. */
const programsMax = 16;
const wordsMax = 64;
const variablesMax = 64;

const word = z.string().check(z.minLength(1), z.maxLength(4_096));

const program = z.strictObject({
  /**
   * The program and its arguments, as a list of words; a path counts from where the service was
   * started. Three more arguments follow: the socket, the generation and the nonce.
   */
  command: z.array(word).check(z.minLength(1), z.maxLength(wordsMax)),
  /** The folder it runs in; null: where the service was started. */
  cwd: z._default(z.nullable(word), null),
  /** Variables of its environment, besides `PATH`, `HOME`, `TMPDIR`, `LANG` and `TZ`. */
  env: z._default(
    z.record(
      z.string().check(
        z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "a name of letters, digits and '_'" }),
      ),
      z.string().check(z.maxLength(32_768)),
    ).check(z.refine((all) => Object.keys(all).length <= variablesMax, {
      error: `at most ${variablesMax} variables`,
    })),
    {},
  ),
});

/** Worker programs by name. */
export const programsSchema = z.record(
  z.string().check(
    z.regex(/^[a-z][a-z0-9_-]{0,31}$/, {
      error: "a name of 1..32 small letters, digits, '_' and '-', a letter first",
    }),
  ),
  program,
).check(z.refine((all) => Object.keys(all).length <= programsMax, {
  error: `at most ${programsMax} programs`,
}));
