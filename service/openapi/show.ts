/**
 * Handlers of `/openapi.json` and `/docs`. What they show is loaded when somebody asks for it.
 *
 * @module
 */
import type { Handler } from "../call.ts";
import { pageReply } from "../page.ts";
import { reply } from "../reply.ts";

const from = <M>(file: string): Promise<M> => import(new URL(file, import.meta.url).href);

/** The API for programs. */
export const showOpenApi: Handler = async () => {
  const { openApi } = await from<typeof import("./document.ts")>("./document.ts");
  return reply(openApi());
};

/** The API for people. */
export const showApiPage: Handler = async (call) => {
  const { apiPage } = await from<typeof import("./page.ts")>("./page.ts");
  return pageReply(call, apiPage());
};
