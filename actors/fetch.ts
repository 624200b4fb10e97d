/**
 * The HTTP API as a function, loaded when it is first asked for.
 *
 * @module
 */
import type { Runtime } from "./runtime.ts";

/** Answers requests for `runtime`. */
export async function handler(runtime: Runtime): Promise<(request: Request) => Promise<Response>> {
  const { createApp } = await import("../service/app.ts");
  const app = createApp(runtime, {});
  return async (request) => await app.fetch(request);
}
