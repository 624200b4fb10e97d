/**
 * Finds and reads the configuration file.
 *
 * @module
 */
import { type ConfigSource, invalidConfig } from "../actors/config.ts";
import { Refusal } from "../actors/runtime.ts";

/** Largest configuration file. */
const fileBytesMax = 1_048_576;

/** Looked for in the working directory, in this order, when no file is named. */
const usualNames = ["flyball.yaml", "flyball.yml", "flyball.json"];

/** Loads `path`, or the usual file when `path` is null and there is one. */
export async function loadConfigFile(path: string | null): Promise<ConfigSource | null> {
  if (path !== null) return await load(path);
  for (const name of usualNames) {
    try {
      if ((await Deno.stat(name)).isFile) return await load(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}

async function load(path: string): Promise<ConfigSource> {
  const text = await read(path);
  return (await parser()).parseConfig(path, text);
}

/** `yaml` comes with it, and is not loaded where there is no file (see verbs.ts). */
const parser = (): Promise<typeof import("./config_yaml.ts")> =>
  import(new URL("./config_yaml.ts", import.meta.url).href);

async function read(path: string): Promise<string> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) throw new Refusal("no_input", `${path} is not a file`);
    if (size > fileBytesMax) {
      const message = `${path} has ${size} bytes, a configuration has at most ${fileBytesMax}`;
      throw invalidConfig([{ pointer: "", message }]);
    }
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Refusal("no_input", `configuration file ${path} does not exist`);
    }
    throw error;
  }
}
