/**
 * From what a task was seen to use to the least it has to ask for.
 *
 * @module
 */
import { dirname, relative, resolve } from "node:path";
import type { Permissions } from "../task.ts";

/** Where the task ran. */
export interface Seen {
  /** The project, which may always be read. */
  readonly root: string;
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** Where files without a place of their own go. */
  readonly temp: string;
}

/** Permissions that a task can ask for. */
const kinds = ["read", "write", "net", "env", "sys"] as const;
type Kind = typeof kinds[number];

/** Places of one folder, or of one host, above which all of it is asked for. */
const placesMax = 16;

/** Reads Deno's audit, JSON a line: `{ permission, value }`, value null for all there is. */
export function leastPermissions(audit: string, seen: Seen): Permissions {
  const used = audit.split("\n").flatMap(parse);
  const socket = used.find(({ kind, value }) => kind === "net" && value?.startsWith("unix:"))
    ?.value?.slice("unix:".length);
  const own = socket === undefined ? null : dirname(socket);
  const isOurs = (value: string | null) =>
    value !== null && own !== null && within(value.replace(/^unix:/, ""), own);
  const least: Record<string, readonly string[] | true> = {};
  const lent = used.some(({ kind, value }) =>
    kind === "write" && isOurs(value) && value !== socket
  );
  for (const kind of kinds) {
    const values = used.filter((use) => use.kind === kind).map(({ value }) => value)
      .filter((value) => !isOurs(value));
    if (values.includes(null)) least[kind] = true;
    else {
      const places = placesOf(kind, values as string[], seen);
      if (places.length > 0) least[kind] = places;
    }
  }
  return lent ? { ...least, folder: true } : least;
}

/** As it is written into a task. */
export function permissionsLiteral(permissions: Permissions): string {
  const parts = kinds.flatMap((kind) => {
    const given = permissions[kind];
    if (given === undefined) return [];
    return [
      `${kind}: ${given === true ? true : `[${given.map((x) => JSON.stringify(x)).join(", ")}]`}`,
    ];
  });
  if (permissions.folder) parts.push("folder: true");
  return parts.length === 0 ? "permissions: {}," : `permissions: { ${parts.join(", ")} },`;
}

function parse(line: string): { kind: Kind; value: string | null }[] {
  try {
    const { permission, value } = JSON.parse(line);
    const kind = kinds.find((known) => known === permission);
    return kind && (value === null || typeof value === "string") ? [{ kind, value }] : [];
  } catch {
    return []; // The last line of a process that was ended.
  }
}

function placesOf(kind: Kind, values: readonly string[], { root, cwd, temp }: Seen): string[] {
  if (kind === "net") return fold(new Set(values), (value) => value.replace(/:\d+$/, ""));
  if (kind === "env" || kind === "sys") return [...new Set(values)].sort();
  const real = values.map((value) => value === "<TMP>" ? temp : resolve(cwd, value));
  const paths = kind === "read" ? real.filter((path) => !within(path, root)) : real;
  const folded = fold(new Set(paths), dirname);
  return folded
    .filter((path) => !folded.some((other) => other !== path && within(path, other)))
    .map((path) => within(path, root) ? relative(root, path) || "." : path);
}

const within = (path: string, folder: string) =>
  path === folder || path.startsWith(folder === "/" ? folder : `${folder}/`);

/** Many places under one name become that name. */
function fold(places: ReadonlySet<string>, under: (place: string) => string): string[] {
  const folded = [...Map.groupBy(places, under)].flatMap(([name, all]) =>
    all.length > placesMax ? [name] : all
  );
  return [...new Set(folded)].sort();
}
