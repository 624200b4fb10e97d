/**
 * What the page keeps to itself: the token until the tab is closed, the colours for longer. The
 * dashboard has the same.
 *
 * @module
 */
import { byId } from "./element.ts";

const tokenKey = "flyball.token";
const themeKey = "flyball.theme";

/** Subprotocols that show the token; a browser's WebSocket can't set headers. */
export function protocols(): string[] {
  const token = sessionStorage.getItem(tokenKey);
  return token === null ? [] : ["flyball", `flyball.token.${token}`];
}

/** Asks the service for JSON; asks for a token first where it wants one. */
export async function ask<T>(path: string): Promise<T> {
  for (;;) {
    const token = sessionStorage.getItem(tokenKey);
    const headers: HeadersInit = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(path, { headers });
    if (response.status === 401 || response.status === 403) {
      await askToken(token === null ? "" : "This is not the token.");
    } else if (response.ok) return await response.json();
    else throw new Error(((await response.json()) as { detail?: string }).detail ?? "no answer");
  }
}

/** Keeps asking until somebody has typed one. */
function askToken(complaint: string): Promise<void> {
  const dialog = byId<HTMLDialogElement>("login");
  byId("complaint").textContent = complaint;
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    byId("login-form").onsubmit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(tokenKey, byId<HTMLInputElement>("token").value.trim());
      dialog.close();
      resolve();
    };
  });
}

/** Shows the colours that were chosen, else the system's, and lets them be changed. */
export function keepTheme(button: HTMLButtonElement): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const chosen = localStorage.getItem(themeKey) ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset["theme"] = chosen;
    const other = chosen === "dark" ? "light" : "dark";
    button.textContent = other === "dark" ? "Dark" : "Light";
    button.onclick = () => {
      localStorage.setItem(themeKey, other);
      show();
    };
  };
  dark.addEventListener("change", show);
  show();
}
