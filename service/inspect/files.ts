/**
 * The pages of live machines and what they are made of. Files are read when somebody looks, so that
 * they take no memory before and after.
 *
 * @module
 */
import type { machines } from "../../machines/mod.ts";
import { type Handler, notFound } from "../call.ts";

/** Machines that have a picture: all. Their code is not needed for it. */
const drawn: Readonly<Record<keyof typeof machines, true>> = {
  scaling: true,
  breaker: true,
  worker: true,
  restarts: true,
  run: true,
  alert: true,
};

/** What pages load, by name: file and type. */
const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "page.css": ["page.css", "text/css; charset=utf-8"],
  "page.js": ["page.bundle.js", "text/javascript; charset=utf-8"],
  ...Object.fromEntries(
    Object.keys(drawn).map((name) => [
      `${name}.svg`,
      [`charts/${name}.svg`, "image/svg+xml"] as const,
    ]),
  ),
};

/** A page may load and ask what is ours, and nothing else; no other page may have it in a frame. */
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
};

const always = { "cache-control": "no-cache", "x-content-type-options": "nosniff" };

/** Answers with a page of the inspector. */
export function showInspector(file: string): Handler {
  return async () => new Response(await read(file), { headers: { ...always, ...pageHeaders } });
}

/** Sends those on who left out the last slash. */
export const sendToInspector: Handler = (call) => call.redirect("/inspect/", 308);

/** Answers with a file that a page loads. */
export const showFile: Handler = async ({ req }) => {
  const name = req.param("name")!;
  const known = Object.hasOwn(files, name) ? files[name] : undefined;
  if (!known) throw notFound(`The file ${name.slice(0, 80)}`);
  const [file, type] = known;
  return new Response(await read(file), { headers: { ...always, "content-type": type } });
};

/** Also where this code was loaded from another host. */
async function read(file: string): Promise<string> {
  return await (await fetch(new URL(file, import.meta.url))).text();
}
