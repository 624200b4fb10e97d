/**
 * Refusals from within a larger input.
 *
 * @module
 */
import { Refusal } from "./runtime.ts";

/** Does what may throw a Refusal; its pointers then lead from `pointer` on. */
export function within<T>(pointer: string, what: () => T): T {
  try {
    return what();
  } catch (error) {
    throw error instanceof Refusal ? moved(error, pointer) : error;
  }
}

/** The same refusal with pointers from where the job stood. */
function moved(refusal: Refusal, pointer: string): Refusal {
  if (pointer === "") return refusal;
  const { code, message, issues, retryAfterMs } = refusal;
  const from = issues.map((issue) => ({ ...issue, pointer: pointer + issue.pointer }));
  return new Refusal(code, `${pointer}: ${message}`, from, retryAfterMs);
}
