/**
 * The tasks in a folder: one file, one task, named by the file.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { nearest } from "../actors/nearest.ts";
import { Refusal } from "../actors/runtime.ts";
import type { TaskFile } from "../actors/task_file.ts";

/** Most tasks in a folder. */
const tasksMax = 1_000;

const module = /^(.+)\.(?:ts|mts|js|mjs|tsx|jsx)$/;
const taskName = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Finds the tasks in `directory`; undefined means `tasks` where there is such a folder. */
export async function findTasks(
  directory: string | undefined,
): Promise<Readonly<Record<string, TaskFile>>> {
  const folder = directory ?? "tasks";
  const files = await list(folder);
  if (files === null) {
    if (directory === undefined) return {};
    throw new Refusal("no_input", `there is no folder of tasks at ${folder}`);
  }
  const found = new Map<string, TaskFile>();
  for (const file of files.sort()) {
    const name = nameOf(file);
    if (name === null) continue;
    if (!taskName.test(name)) {
      const expected = "lower case letters, digits, dots, dashes and underscores, at most 64";
      throw new Refusal("invalid_task_name", `${join(folder, file)} must be named by ${expected}`);
    }
    if (found.has(name)) {
      throw new Refusal("invalid_task_name", `two files in ${folder} are the task ${name}`);
    }
    found.set(name, { url: pathToFileURL(resolve(folder, file)).href });
  }
  if (found.size > tasksMax) {
    throw new Refusal("usage", `${folder} has ${found.size} tasks, expected at most ${tasksMax}`);
  }
  return Object.fromEntries(found);
}

/** The folder and the task that a path means; null for what is no path of a file with a task. */
export function taskPath(given: string): { readonly folder: string; readonly name: string } | null {
  const name = nameOf(basename(given));
  return name === null ? null : { folder: dirname(given), name };
}

/** A refusal of a task that is not there, with the names it may have been. */
export function unknownTask(name: string, names: readonly string[]): Refusal {
  const meant = nearest(name, names);
  const hint = meant.length > 0
    ? `did you mean ${meant.join(" or ")}?`
    : names.length > 0
    ? `there are ${names.slice(0, 20).join(", ")}`
    : "there are no tasks; name their folder with --tasks DIR";
  return new Refusal("unknown_task", `unknown task ${JSON.stringify(name)}: ${hint}`);
}

/** The task a file is, null for what is no task: tests, declarations, `_private` modules. */
function nameOf(file: string): string | null {
  const name = module.exec(file)?.[1] ?? null;
  if (name === null || file.startsWith("_") || file.startsWith(".")) return null;
  return /(\.d|[._]test)$/.test(name) ? null : name;
}

async function list(folder: string): Promise<string[] | null> {
  try {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory) names.push(name);
    }
    return names;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}
