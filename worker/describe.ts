/**
 * Tells what a task wants, in a process with no rights but reading its project.
 *
 * @module
 */
import type { Schema } from "../task.ts";
import { LoadError, loadTask } from "./tasks.ts";

type Describable = Schema<unknown>["~standard"] & {
  readonly jsonSchema?: { input?(options: { target: string }): unknown };
};

/** Loads a task file and describes it as plain data; a file that can't be used is described too. */
export async function describe(source: string): Promise<unknown> {
  try {
    const task = await loadTask(source);
    return {
      ok: true,
      permissions: task.permissions ?? {},
      cache: task.cache ?? null,
      inputSchema: jsonSchema(task.input),
      outputSchema: jsonSchema(task.output),
    };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}

/** JSON schema where the validator can tell it (Standard JSON Schema), else null. */
function jsonSchema(schema: Schema<unknown> | undefined): unknown {
  try {
    const standard = schema?.["~standard"] as Describable | undefined;
    return standard?.jsonSchema?.input?.({ target: "draft-2020-12" }) ?? null;
  } catch {
    return null; // Not every schema can be told as JSON Schema; the task still checks its input.
  }
}
