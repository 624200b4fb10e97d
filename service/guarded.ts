/**
 * What of the configuration decides over more than this service's own work.
 *
 * @module
 */
import { plain } from "../actors/config_tree.ts";
import { type Issue, Refusal } from "../actors/runtime.ts";

/**
 * Keys of `patch` with which a caller could run programs, load code, or have files written or sent:
 * what commands may do, worker programs, policies of modules, hooks, the file of the log, who is
 * told of alerts.
 */
export function guarded(patch: object): readonly string[] {
  const { commands, programs, log, alerts, hooks, pools } = patch as Readonly<
    Record<string, unknown>
  >;
  return [
    ...(commands === undefined ? [] : ["commands"]),
    ...(programs === undefined ? [] : ["programs"]),
    ...(hooks === undefined ? [] : ["hooks"]),
    ...(plain(log) && log.file !== undefined ? ["log.file"] : []),
    ...(plain(alerts) && alerts.sinks !== undefined ? ["alerts.sinks"] : []),
    ...(plain(pools) ? Object.entries(pools).flatMap(([name, pool]) => ofPool(name, pool)) : []),
  ];
}

/** A policy is code where it is one of a module. */
const ofPool = (name: string, pool: unknown): readonly string[] =>
  plain(pool)
    ? ["policy", "policies"].filter((key) => JSON.stringify(pool[key])?.includes('"module"'))
      .map((key) => `pools.${name}.${key}`)
    : [];

/**
 * Refuses a patch of whoever has shown no token, `forbidden`: whoever may only hand in jobs could else
 * become the user of the service.
 */
export function refuseGuarded(patch: object): void {
  const keys = guarded(patch);
  if (keys.length === 0) return;
  const issues = keys.map((key): Issue => ({
    pointer: `/${key.replaceAll(".", "/")}`,
    message: `${key} is changed over the control socket, or with a token`,
    expected: "the control socket, or a token",
    given: "neither",
  }));
  throw new Refusal("forbidden", `${issues[0]!.message}: this service asks for none`, issues);
}
