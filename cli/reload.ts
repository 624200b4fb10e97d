/**
 * SIGHUP: the configuration is read again.
 *
 * @module
 */
import type { Config } from "../actors/config.ts";
import type { Runtime } from "../actors/runtime.ts";

/**
 * Reads the configuration anew at each SIGHUP, one after another, and gives it to `heed` when it is in
 * force. One that is wrong changes nothing and is told of in the log.
 */
export function onHangUp(
  runtime: Pick<Runtime, "reload">,
  load: () => Promise<Config>,
  heed: (config: Config) => void | Promise<void> = () => {},
): Disposable {
  let reloaded: Promise<unknown> = Promise.resolve();
  const reload = async () => {
    let config: Config;
    await runtime.reload(async () => config = await load(), "SIGHUP");
    await heed(config!);
  };
  const listener = () => {
    reloaded = reloaded.then(reload).catch(() => {}); // It is in the log.
  };
  Deno.addSignalListener("SIGHUP", listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", listener) };
}
