/**
 * A runtime of this process's own, loaded only by the verbs that run jobs.
 *
 * @module
 */
import type { Config } from "../actors/config.ts";
import type { RuntimeOptions } from "../actors/runtime_options.ts";
import type { Runtime } from "../actors/runtime.ts";

/** Starts a runtime. Most of it is loaded while store and host are opened and a first worker starts. */
export async function openRuntime(
  options: RuntimeOptions & { readonly config: Config },
): Promise<Runtime> {
  const { openGround } = await import("../actors/ground.ts");
  const opening = openGround(options, options.config);
  // Whoever waits for it hears of it.
  opening.catch(() => {});
  const { runtimeOn } = await import("../actors/create_runtime.ts");
  return await runtimeOn(await opening, options, options.config);
}
