/**
 * A runtime of this process's own, loaded only by the verbs that run jobs.
 *
 * @module
 */
import type { RuntimeOptions } from "../actors/runtime_options.ts";
import type { Runtime } from "../actors/runtime.ts";

/** Starts a runtime. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { createRuntime } = await import("../actors/create_runtime.ts");
  return await createRuntime(options);
}
