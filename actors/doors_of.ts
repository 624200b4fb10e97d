/**
 * What is closed to all tasks.
 *
 * @module
 */
import type { Config } from "./config.ts";
import type { Closed } from "./grant.ts";
import { folder } from "./host.ts";
import { Refusal } from "./runtime.ts";
import type { Tasks } from "./task_file.ts";

/** What no task may touch: where we keep everybody's jobs, and the door through which they come. */
export function doorsOf(
  { server: { host, port } }: Config,
  data: string | undefined,
  tasks: Tasks,
): Closed {
  const own = host.includes(":") ? `[${host.replace(/^\[|\]$/g, "")}]` : host;
  const names = new Set([own, "localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::]"]);
  const directory = data === undefined ? null : folder(data);
  if (directory?.includes(",")) refuseComma(directory, tasks);
  return {
    paths: directory === null ? [] : [directory],
    hosts: port === 0 ? [] : [...names].map((name) => `${name}:${port}`),
  };
}

/** A comma ends a path in Deno's flags, and nothing stands for one. */
function refuseComma(directory: string, tasks: Tasks): void {
  const name = Object.keys(tasks).find((name) => !tasks[name]!.trusted);
  if (name === undefined) return;
  throw new Refusal(
    "unsafe_data_directory",
    `Cannot shut task ${name} out of the data directory as its path must be without a comma: ` +
      `it is ${directory}`,
  );
}
