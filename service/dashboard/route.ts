/**
 * Where in the dashboard one is: the part of the address after `#`.
 *
 * @module
 */

/** A place: a view, the id of what it shows, and what it is narrowed to. */
export interface Place {
  readonly view: string;
  readonly id: string | null;
  readonly query: Readonly<Record<string, string>>;
}

/** Reads `#/jobs/j12?state=running`. */
export function placeOf(hash: string): Place {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [view = "", ...rest] = path.split("/");
  const id = rest.length === 0 ? null : rest.map(decoded).join("/");
  return { view: view || "overview", id, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** A mangled escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Writes the address of a place; what is empty is left out. */
export function hrefOf(
  view: string,
  id: string | null = null,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value) as [string, string][];
  const search = new URLSearchParams(given).toString();
  const path = id === null ? view : `${view}/${encodeURIComponent(id)}`;
  return `#/${path}${search && `?${search}`}`;
}
