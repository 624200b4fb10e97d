/**
 * When `map` gives up: `--halt soon,fail=1`, `--halt now,fail=10%`.
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
  /** True when `count` is a share of all commands, percent. */
  readonly percent?: boolean;
}

/** The default: go on to the last line. */
export const never: Halt = { when: "never", on: "fail", count: 1 };

/** What GNU parallel took before it had words for it. */
const numbered: Readonly<Record<string, string>> = {
  "0": "never",
  "1": "soon,fail=1",
  "2": "now,fail=1",
  "-1": "soon,success=1",
  "-2": "now,success=1",
};

/** Reads `never`, `soon,fail=1`, `now,success=3`, `soon,done=50%`, `10%` and `-2` to `2`. */
export function parseHalt(text: string): Halt {
  const words = (numbered[text] ?? text).replace(/^(\d+%)$/, "soon,fail=$1");
  if (words === "never") return never;
  const match = /^(soon|now),(fail|success|done)=([1-9]\d{0,8})(%?)$/.exec(words);
  const [, when, on, count, percent] = match ?? [];
  if (match === null || (percent !== "" && Number(count) > 100)) {
    throw new Refusal(
      "usage",
      `--halt expected never, or soon or now with fail, success or done and a number or a ` +
        `percentage, as in soon,fail=1 or now,fail=10%, given ${JSON.stringify(text)}`,
    );
  }
  return {
    when: when as "soon" | "now",
    on: on as Halt["on"],
    count: Number(count),
    ...(percent === "" ? {} : { percent: true }),
  };
}

/** A percentage as the number it is of `total` commands. */
export function countOf(halt: Halt, total: number): Halt {
  const { when, on, count, percent } = halt;
  return percent ? { when, on, count: Math.max(1, Math.ceil(total * count / 100)) } : halt;
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
