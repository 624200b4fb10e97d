/**
 * When `map` gives up: `--halt soon,fail=1`.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";

/** After how many of what to stop, and how. */
export interface Halt {
  /** `soon` lets running commands end, `now` ends them. */
  readonly when: "never" | "soon" | "now";
  readonly on: "fail" | "success" | "done";
  readonly count: number;
}

/** The default: go on to the last line. */
export const never: Halt = { when: "never", on: "fail", count: 1 };

/** Reads `never`, `soon,fail=1`, `now,success=3`, `soon,done=10`. */
export function parseHalt(text: string): Halt {
  if (text === "never") return never;
  const match = /^(soon|now),(fail|success|done)=([1-9]\d{0,8})$/.exec(text);
  if (match === null) {
    throw new Refusal(
      "usage",
      `--halt expected never, or soon or now with fail, success or done, as in soon,fail=1, ` +
        `given ${JSON.stringify(text)}`,
    );
  }
  return {
    when: match[1] as "soon" | "now",
    on: match[2] as Halt["on"],
    count: Number(match[3]),
  };
}

/** Whether it is time to stop. */
export function reached(
  { when, on, count }: Halt,
  { succeeded, failed }: { readonly succeeded: number; readonly failed: number },
): boolean {
  if (when === "never") return false;
  const counts = { fail: failed, success: succeeded, done: succeeded + failed };
  return counts[on] >= count;
}
