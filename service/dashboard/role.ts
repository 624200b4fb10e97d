/**
 * What may be done with the token: whoever is no admin is not shown what only an admin may do.
 *
 * @module
 */
import { effect } from "@preact/signals";
import type { Me } from "../../messages/access.ts";
import { get } from "./api.ts";
import { asksToken, isReadOnly } from "./session.ts";

/** Asks at the start and for each token that is entered; one that is wrong is asked for again. */
export function learnRole(): void {
  effect(() => {
    if (asksToken.value !== null) return;
    get<Me>("me").then(({ roles }) => {
      if (!roles.includes("admin")) isReadOnly.value = true;
    }, () => {});
  });
}
