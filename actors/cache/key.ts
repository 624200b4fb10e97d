/**
 * What two jobs have in common that have the same result.
 *
 * @module
 */
import { isAbsolute, resolve } from "node:path";
import { isObject } from "../is_object.ts";
import type { Job } from "../job.ts";
import type { Stamp } from "../ports.ts";
import { sha256 } from "../sha256.ts";
import type { Environment } from "../surroundings.ts";
import type { KeepRule } from "./rules.ts";

/** Files of one job that are looked at. Where there are more, its result is not kept. */
const filesMost = 1_000;

/** Environments of commands by a name for each: they are long, and few. */
const environments = new WeakMap<Environment, string>();

/**
 * SHA-256 of what a job asks for: which work, of whose project, with which input, whatever the order
 * of its keys. How urgent it is and how long it may take is no part of it.
 */
export function digestOf({ operation, payload, spec, environment }: Job): string {
  const { name, source } = operation;
  return hash([
    ...[name, source, spec.projectId ?? null],
    environment === null ? null : environmentDigest(environment),
    JSON.parse(payload),
  ]);
}

function environmentDigest(environment: Environment): string {
  let known = environments.get(environment);
  if (known === undefined) environments.set(environment, known = hash(environment));
  return known;
}

const hash = (value: unknown): string =>
  sha256().update(JSON.stringify(value, sorted)).digest("base64url");

/** A replacer for `JSON.stringify` that puts the keys of every object in order. */
function sorted(_name: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0),
  );
}

/**
 * How everything looks that a result depends on besides the input: the module of its task, which has
 * to be as it was at the start of the service, and the files that it names. Null where that can't be
 * told, so that no result is good.
 */
export async function stampsOf(
  job: Job,
  { files, contents }: KeepRule,
  stamp: Stamp,
): Promise<string | null> {
  const { source, stamp: usual } = job.operation;
  if (usual !== undefined && await stamp(pathOf(source), false) !== usual) return null;
  const paths = pathsOf(job, files);
  if (paths === null) return null;
  const stamps: string[] = [];
  for (const path of paths) {
    const found = await stamp(path, contents);
    if (found === null) return null;
    stamps.push(`${path}\0${found}`);
  }
  return hash(stamps);
}

const pathOf = (source: string) => decodeURIComponent(new URL(source).pathname);

/** The paths that an input names; null where it names something else there, or too many. */
function pathsOf({ operation, payload }: Job, fields: readonly string[]): string[] | null {
  if (fields.length === 0) return [];
  const given: unknown = JSON.parse(payload);
  const isCommand = operation.grant.kind === "command" && isObject(given);
  const input = isCommand ? { ...given, command: given["argv"] } : given;
  const cwd = isCommand ? given["cwd"] : ".";
  const paths: string[] = [];
  for (const field of fields) {
    const named = valueOf(input, field);
    for (const path of Array.isArray(named) ? named : [named]) {
      if (typeof path !== "string" || paths.length >= filesMost) return null;
      // A command without a folder of its own begins in an empty one: there is nothing to look at.
      if (typeof cwd === "string" || isAbsolute(path)) paths.push(resolve(String(cwd), path));
    }
  }
  return paths;
}

/** What an input has in a field, which may be missing; the empty name stands for the whole. */
function valueOf(input: unknown, field: string): unknown {
  if (field === "") return input;
  if (!isObject(input)) return null;
  return Object.hasOwn(input, field) ? input[field] ?? [] : [];
}
