/**
 * What of a pool's configuration its patch may say: the same change as by `/api/v1/config`, with the
 * pool's own words.
 *
 * @module
 */
import { plain } from "../actors/config_tree.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { byOf } from "./access.ts";
import type { Call } from "./call.ts";
import { refuseGuarded } from "./guarded.ts";

/** Keys of a pool's configuration that its patch may have. */
export const settings: readonly string[] = ["slots", "policy", "policies"];

/** Whether a body is about the configuration of a pool. */
export const isAboutSettings = (body: unknown): body is object =>
  plain(body) && Object.keys(body).some((key) => settings.includes(key));

/** Changes them as a whole or not at all, in the order in which changes come. */
export async function changeSettings(
  runtime: Runtime,
  { pool, body }: { readonly pool: string; readonly body: object },
  { env }: Call,
): Promise<void> {
  const alien = Object.keys(body).filter((key) => !settings.includes(key));
  if (alien.length > 0) throw mixed(alien);
  const patch = { pools: { [pool]: body } };
  if (!env.trusted && env.caller === undefined) refuseGuarded(patch);
  try {
    await runtime.config.patch(patch, { by: byOf(env) });
  } catch (error) {
    throw error instanceof Refusal ? inside(error, `/pools/${pool}`) : error;
  }
}

/** A refusal of the whole configuration, with pointers into the body that was sent. */
function inside({ code, message, issues }: Refusal, root: string): Refusal {
  const own = issues.map((issue) =>
    issue.pointer.startsWith(`${root}/`)
      ? { ...issue, pointer: issue.pointer.slice(root.length) }
      : issue
  );
  return new Refusal(code, message, own);
}

function mixed(alien: readonly string[]): Refusal {
  const expected = `${settings.join(", ")}, or one word of the operator`;
  const given = alien.join(", ").slice(0, 80);
  const message = `A patch of a pool must have ${expected}, given ${given} besides`;
  return new Refusal("invalid_patch", message, [{ pointer: "", message, expected, given }]);
}
