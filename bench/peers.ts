/**
 * Programs that measure other pools run under a Node of their own, which `bench/peers` installs.
 *
 * @module
 */

const nodeArch = Deno.build.arch === "aarch64" ? "arm64" : "x64";

/** Node 24 as `bench/peers` installs it. */
export const node: string =
  new URL(`./peers/node_modules/node-linux-${nodeArch}/bin/node`, import.meta.url).pathname;
