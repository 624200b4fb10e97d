/**
 * SIGHUP: the configuration is read again.
 *
 * @module
 */
import type { Config } from "../actors/config.ts";
import type { Runtime } from "../actors/runtime.ts";

/**
 * Reads the configuration anew at each SIGHUP, one after another. One that is wrong changes nothing
 * and is told of in the log.
 */
export function onHangUp(
  runtime: Pick<Runtime, "reload">,
  load: () => Promise<Config>,
): Disposable {
  let reloaded: Promise<unknown> = Promise.resolve();
  const listener = () => {
    reloaded = reloaded.then(() => runtime.reload(load)).catch(() => {}); // It is in the log.
  };
  Deno.addSignalListener("SIGHUP", listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", listener) };
}
