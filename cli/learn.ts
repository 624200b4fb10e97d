/**
 * Runs a task once with everything that can be granted, and tells the least that it needs.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { leastPermissions, permissionsLiteral } from "../actors/least_permissions.ts";
import { projectOf } from "../actors/host.ts";
import type { TaskFile } from "../actors/task_file.ts";

/** A run that is written down. */
export interface Lesson extends AsyncDisposable {
  /** The task to run, once. */
  readonly task: TaskFile;
  /** What it was seen to use, as it is written into the task. */
  learned(): Promise<string>;
}

/** Begins to write down what `task` uses. */
export async function lesson(task: TaskFile): Promise<Lesson> {
  const directory = await Deno.makeTempDir({ prefix: "flyball-learn-" });
  const audit = `${directory}/audit.jsonl`;
  const { root } = projectOf(new URL(task.url));
  return {
    task: { ...task, trusted: false, audit },
    async learned() {
      const seen = { root, cwd: Deno.cwd(), temp: Deno.env.get("TMPDIR") || "/tmp" };
      return permissionsLiteral(leastPermissions(await Deno.readTextFile(audit), seen));
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** What is said before such a run. */
export const lessonWarning = (task: TaskFile) =>
  `flyball: ${fileURLToPath(task.url)} runs once with all permissions but starting programs and ` +
  "loading native code";
