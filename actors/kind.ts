/**
 * What kind of job it is, and which fields go with it.
 *
 * @module
 */
import { flaw } from "./flaw.ts";
import { jobFields } from "./job_fields.ts";
import type { Flaw } from "./json_value.ts";

/** Fields that go into one kind of work, and the kinds they go with. */
const beside = {
  input: ["task"],
  args: ["shell"],
  env: ["command", "shell"],
  cwd: ["command", "shell"],
  stdin: ["command", "shell"],
  progressTimeoutMs: ["task", "command", "shell"],
  limits: ["task", "command", "shell"],
  cache: ["task", "command", "shell"],
  workspace: ["stages"],
} as const;

type Kind = "task" | "command" | "shell" | "stages";

const goesWith = Object.entries(
  beside,
) as readonly (readonly [keyof typeof beside, readonly Kind[]])[];

/** Fields that have nothing against a task, nor against each other. */
const besideTask: ReadonlySet<string> = new Set(
  Object.keys(jobFields).filter((name) =>
    !["command", "shell", "stages", "keys", "delayMs"].includes(name) &&
    !goesWith.some(([other, kinds]) => other === name && !kinds.includes("task"))
  ),
);

/** Finds out that `work` is none of `kinds`, several of them, or has fields of another one. */
export function kindFlaw(
  work: Readonly<Record<string, unknown>>,
  pointer: string,
  kinds: readonly Kind[],
): Flaw | null {
  if (isTask(work)) return null;
  const [kind, ...others] = kinds.filter((kind) => kind in work);
  if (kind === undefined || others.length > 0) {
    const expected = `exactly one of ${kinds.slice(0, -1).join(", ")} and ${kinds.at(-1)}`;
    const given = kind === undefined ? "none" : [kind, ...others].join(" and ");
    const message = `${pointer || "A job"} must have ${expected}, given ${given}`;
    const code = kind === undefined ? "no_command" : "invalid_job";
    return { code, pointer, message, expected, given };
  }
  if ("key" in work && "keys" in work) {
    return flaw("invalid_keys", `${pointer}/keys`, "absent beside key", work["keys"]);
  }
  if ("runAt" in work && "delayMs" in work) {
    return flaw("invalid_delay", `${pointer}/delayMs`, "absent beside runAt", work["delayMs"]);
  }
  for (const [name, allowed] of goesWith) {
    if (!(name in work) || allowed.includes(kind)) continue;
    const hint = name === "input" && kind === "command" ? " (use stdin)" : "";
    const expected = `absent beside ${kind}${hint}: it goes with ${allowed.join(" or ")}`;
    const { code } = jobFields[name];
    return flaw(code, `${pointer}/${name}`, expected, work[name]);
  }
  return null;
}

/** Most jobs are: it takes a look at the few fields that they have. */
function isTask(work: Readonly<Record<string, unknown>>): boolean {
  for (const name in work) if (!besideTask.has(name)) return false;
  return "task" in work;
}
