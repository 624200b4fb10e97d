/**
 * Pages that the service shows to browsers: one file each, with all that it needs inside.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Call, Handler } from "./call.ts";

/**
 * Shows the page in a file, which is read anew each time: it takes no memory while nobody looks. What
 * it may do is what its own text says, by hash: nothing is loaded from or sent to another host.
 */
export function showPage(file: URL): Handler {
  return async (call) => pageReply(call, await (await fetch(file)).text());
}

/** Answers with a page, or that the one the browser has is still right. */
export function pageReply({ req }: Call, text: string): Response {
  const etag = `"${hashOf(text)}"`;
  const headers = {
    etag,
    "cache-control": "no-cache",
    "content-security-policy": policyOf(text),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  if (req.header("if-none-match") === etag) return new Response(null, { status: 304, headers });
  return new Response(text, {
    headers: { ...headers, "content-type": "text/html; charset=utf-8" },
  });
}

/** Only the scripts and styles that stand in `text` run, and they speak to us alone. */
function policyOf(text: string): string {
  const hashes = (tag: string) =>
    [...text.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, "g"))]
      .map(([, inner]) => `'sha256-${hashOf(inner!)}'`).join(" ") || "'none'";
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
