/**
 * Where the reader is, and how to go elsewhere.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { hrefOf, placeOf } from "./route.ts";

/** The place that the address names. */
export const place = signal(placeOf(location.hash));

addEventListener("hashchange", () => place.value = placeOf(location.hash));

/** Goes to another place. */
export function go(...to: Parameters<typeof hrefOf>): void {
  location.hash = hrefOf(...to);
}

/** Narrows the view to `query` without another step in the history. */
export function narrow(query: Readonly<Record<string, string | undefined>>): void {
  const { view, id } = place.value;
  history.replaceState(null, "", hrefOf(view, id, query));
  place.value = placeOf(location.hash);
}
