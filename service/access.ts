/**
 * What each route asks of its caller: reading asks for `read`, handing in jobs for `submit:OPERATION`
 * or `shell`, whatever else changes something for `admin`.
 *
 * @module
 */
import type { Caller } from "../actors/access/caller.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import type { Me } from "../messages/access.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Call, Door, Handler } from "./call.ts";
import { reply } from "./reply.ts";

/**
 * `nothing`: not even a token. `token`: any. `job`: may look after that job. `submit`: the handler looks
 * at what is handed in.
 */
export type Need = "nothing" | "token" | "read" | "job" | "submit" | "admin";

/**
 * Paths that are answered without a token: probes have none, pages ask for it themselves, and what the
 * API looks like is no secret.
 */
const open =
  /^\/(livez|readyz|docs|openapi\.json|dashboard\/[\w.:-]+|inspect(\/(stately|files\/[\w.:]+)?)?)?$/;

/** What a route needs; its path may have `:id` in it. */
export function needOf(method: string, path: string): Need {
  if (open.test(path)) return "nothing";
  if (path === "/api/v1/me") return "token";
  if (path === "/api/v1/jobs" && method === "POST") return "submit";
  if (path.startsWith("/api/v1/jobs/") && method !== "PATCH") return "job";
  return method === "GET" ? "read" : "admin";
}

/** Refuses a caller who lacks what a route needs: `forbidden`. */
export async function demand(
  need: Need,
  caller: Caller,
  call: Call,
  runtime: Pick<Runtime, "job">,
): Promise<void> {
  if (need === "nothing" || need === "token" || need === "submit") return;
  if (need !== "job") {
    if (!caller.has(need)) throw forbidden(caller, need);
    return;
  }
  const isLook = call.req.method === "GET" || call.req.method === "HEAD";
  if (caller.has(isLook ? "read" : "admin")) return;
  const job = await runtime.job(call.req.param("id") ?? "");
  if (job && caller.mayTend(job)) return;
  // The same for jobs that there are and that there are not: who may see neither learns nothing.
  throw forbidden(caller, isLook ? "read or submit of its operation" : "submit of its operation");
}

/** Refuses jobs that the caller may not hand in: `forbidden`, with the place of the first. */
export function demandSubmit({ caller }: Door, specs: readonly JobSpec[], isBulk: boolean): void {
  if (caller === undefined) return;
  for (const [i, spec] of specs.entries()) {
    const lacked = caller.lacksFor(spec);
    if (lacked !== null) throw forbidden(caller, lacked, isBulk ? `/jobs/${i}` : "");
  }
}

function forbidden({ name, roles }: Caller, expected: string, pointer = ""): Refusal {
  const given = roles.join(", ").slice(0, 200);
  const at = pointer === "" ? "" : ` for ${pointer}`;
  const message = `The token ${name} may not do this: it needs ${expected}${at}, and has ${given}`;
  return new Refusal("forbidden", message, [{ pointer, message, expected, given }]);
}

/** Who asks, for those who want to know later. */
export function byOf({ trusted, caller }: Door): string {
  if (trusted) return "control socket";
  return caller === undefined ? "HTTP" : `token ${caller.name}`;
}

/** Tells callers who they are. */
export const showMe: Handler = ({ env: { caller } }) => {
  const me: Me = caller === undefined
    ? { name: null, roles: ["admin"] }
    : { name: caller.name, roles: caller.roles };
  return reply(me);
};
