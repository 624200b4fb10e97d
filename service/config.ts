/**
 * Handlers of `/api/v1/config`.
 *
 * @module
 */
import { plain } from "../actors/config_tree.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import type { ConfigView } from "../messages/config.ts";
import { byOf } from "./access.ts";
import { readJson } from "./body.ts";
import type { Call, Handler } from "./call.ts";
import { refuseGuarded } from "./guarded.ts";
import { redactConfig } from "./redact_config.ts";
import { reply } from "./reply.ts";

/** Shows the configuration in force, without secrets; its ETag is what a patch has to match. */
export function showConfig(runtime: Runtime): Handler {
  return () => answer(runtime.config.view());
}

/**
 * Changes some of it by a JSON merge patch. `If-Match` names the version that it was made for, or is
 * `*`; `?save=true` writes it to the service's configuration file too. What decides over the machine is
 * changed by whoever has shown a token, or owns the control socket.
 */
export function patchConfig(runtime: Runtime): Handler {
  return async (call) => {
    const ifMatch = call.req.header("if-match");
    if (ifMatch === undefined) throw needsMatch(runtime.config.view().etag);
    const save = flagOf(call, "save");
    const patch = await readJson(call.req.raw);
    if (!plain(patch)) throw invalidPatch(patch);
    const { trusted, caller } = call.env;
    if (!trusted && caller === undefined) refuseGuarded(patch);
    const view = await runtime.config.patch(patch, {
      ...(ifMatch.trim() === "*" ? {} : { ifMatch: ifMatch.trim() }),
      by: byOf(call.env),
      save,
    });
    return answer(view);
  };
}

function answer(view: ConfigView): Response {
  const shown = { ...view, config: redactConfig(view.config) };
  return reply(shown, 200, { etag: view.etag });
}

function flagOf(call: Call, name: string): boolean {
  const given = call.req.query(name);
  if (given === undefined || given === "false") return false;
  if (given === "" || given === "true") return true;
  const message = `${name} must be true or false, given ${JSON.stringify(given.slice(0, 80))}`;
  throw new Refusal(`invalid_${name}`, message, [
    { pointer: `/${name}`, message, expected: "true or false", given: given.slice(0, 80) },
  ]);
}

function needsMatch(etag: string): Refusal {
  const message = `A patch of the configuration needs If-Match: expected ${etag} or *, given none`;
  return new Refusal("if_match_required", message, [
    { pointer: "", message, expected: `${etag} or *`, given: "none" },
  ]);
}

function invalidPatch(given: unknown): Refusal {
  const shown = JSON.stringify(given).slice(0, 80);
  const message = `A patch of the configuration must be an object, given ${shown}`;
  return new Refusal("invalid_patch", message, [
    { pointer: "", message, expected: "an object", given: shown },
  ]);
}
