/**
 * The HTTP API as a function, loaded when it is first asked for.
 *
 * @module
 */
import type { Config } from "./config.ts";
import { readToken } from "./host/token_file.ts";
import type { Runtime } from "./runtime.ts";

/** Answers requests for `runtime` from those who may ask; throws Refusal where the token can't be read. */
export async function handler(
  runtime: Runtime,
  { allowedHosts, tokenFile }: Config["server"],
): Promise<(request: Request) => Promise<Response>> {
  const { createApp } = await import("../service/app.ts");
  const token = tokenFile === null ? undefined : await readToken(tokenFile);
  const app = createApp(runtime, { allowedHosts, token });
  return async (request) => await app.fetch(request);
}
