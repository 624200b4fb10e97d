/**
 * What this page keeps to itself: the token until the tab is closed, the theme for as long as the
 * browser likes.
 *
 * @module
 */
import { effect, signal } from "@preact/signals";

const tokenKey = "flyball.token";
const themeKey = "flyball.theme";

/** Token of the service; null where none was asked for. */
export const token = signal<string | null>(sessionStorage.getItem(tokenKey));

/** The service asks for a token, and why the one that was shown is none. */
export const asksToken = signal<string | null>(null);

/** The page changes nothing, as its address or the reader says so. */
export const isReadOnly = signal(isWanted(new URLSearchParams(location.search).get("readonly")));

/** `auto` follows the system. */
export type Theme = "auto" | "light" | "dark";

/** The colours that are wanted. */
export const theme = signal<Theme>(kept(localStorage.getItem(themeKey)));

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(systemDark.matches);
systemDark.addEventListener("change", ({ matches }) => isSystemDark.value = matches);

/** The colours that are shown. */
export const shownTheme = signal<"light" | "dark">("light");

/** Keeps what is shown and stored in step with the signals. */
export function keepSession(): void {
  effect(() => {
    if (token.value === null) sessionStorage.removeItem(tokenKey);
    else sessionStorage.setItem(tokenKey, token.value);
  });
  effect(() => {
    const system = isSystemDark.value ? "dark" : "light";
    shownTheme.value = theme.value === "auto" ? system : theme.value;
    document.documentElement.dataset["theme"] = shownTheme.value;
    if (theme.value === "auto") localStorage.removeItem(themeKey);
    else localStorage.setItem(themeKey, theme.value);
  });
}

function isWanted(given: string | null): boolean {
  return given !== null && given !== "false" && given !== "0";
}

function kept(given: string | null): Theme {
  return given === "light" || given === "dark" ? given : "auto";
}
