/**
 * A JSON answer with the headers every answer of the API carries.
 *
 * @module
 */

const always = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};
const json = { "content-type": "application/json", ...always };

/** Answers with `body` as JSON. */
export function reply(
  body: unknown,
  status = 200,
  headers?: Readonly<Record<string, string>>,
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: headers ? { ...json, ...headers } : json,
  });
}

/** Answers with text of another type. */
export function replyText(text: string, type: string): Response {
  return new Response(text, { headers: { ...always, "content-type": type } });
}
