/**
 * The HTTP API as a function, loaded when it is first asked for.
 *
 * @module
 */
import type { Config } from "./config.ts";
import { readTokens } from "./host/tokens_file.ts";
import type { Runtime } from "./runtime.ts";

/** Answers requests for `runtime` from those who may ask; throws Refusal where the token can't be read. */
export async function handler(
  runtime: Runtime,
  server: Config["server"],
): Promise<(request: Request) => Promise<Response>> {
  const { createApp } = await import("../service/app.ts");
  const tokens = await readTokens(server) ?? undefined;
  const app = createApp(runtime, { allowedHosts: server.allowedHosts, tokens });
  return async (request) => await app.fetch(request);
}
