/**
 * What a view has to offer.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Place } from "./route.ts";

/** What a view shows, and what it shows of one thing, where it is given an id. */
export interface Shows {
  readonly all: () => ComponentChildren;
  readonly one?: (id: string) => ComponentChildren;
}

/** What it shows at a place. */
export const shownBy = ({ all, one }: Shows, { id }: Place): ComponentChildren =>
  id !== null && one ? one(id) : all();
