/**
 * Pages that the service shows to browsers, and the scripts of those that have more than fits in them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Call, type Handler, notFound } from "./call.ts";

/**
 * Shows the page in a file, which is read anew each time: it takes no memory while nobody looks. What
 * it may do is what its own text says: nothing is loaded from or sent to another host.
 */
export function showPage(file: URL): Handler {
  return async (call) => pageReply(call, await (await fetch(file)).text());
}

/** Names that scripts of pages have; the address may ask for nothing else in their folder. */
const scriptName = /^[a-z_]+(-[A-Z0-9]+)?\.js$/;

/** Shows the scripts that lie beside `file` by their names. */
export function showScripts(file: URL): Handler {
  return async (call) => {
    const name = call.req.param("name")!;
    const found = scriptName.test(name) ? await textAt(new URL(name, file)) : null;
    if (found === null) throw notFound(`The script ${name.slice(0, 80)}`);
    return fileReply(call, found, { "content-type": "text/javascript; charset=utf-8" });
  };
}

/** Also where this code was loaded from another host; null where there is nothing. */
const textAt = (file: URL): Promise<string | null> =>
  fetch(file).then((response) => response.ok ? response.text() : null, () => null);

/** Answers with a page, or that the one the browser has is still right. */
export const pageReply = (call: Call, text: string): Response =>
  fileReply(call, text, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyOf(text),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
  });

function fileReply({ req }: Call, text: string, own: Record<string, string>): Response {
  const etag = `"${hashOf(text)}"`;
  const headers = {
    ...own,
    etag,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  };
  if (req.header("if-none-match") === etag) return new Response(null, { status: 304, headers });
  return new Response(text, { headers });
}

/**
 * Only the scripts and styles that stand in `text` run, and where it loads scripts, those of our own
 * host; they speak to us alone.
 */
function policyOf(text: string): string {
  const hashes = (tag: string) =>
    [...text.matchAll(new RegExp(`<${tag}([^>]*)>([^]*?)</${tag}>`, "g"))]
      .map(([, as, inner]) => / src=/.test(as!) ? "'self'" : `'sha256-${hashOf(inner!)}'`)
      .join(" ") || "'none'";
  return [
    "default-src 'none'",
    `script-src ${hashes("script")}`,
    `style-src ${hashes("style")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64");
