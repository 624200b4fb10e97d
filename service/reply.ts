/**
 * A JSON answer with the headers every answer of the API carries.
 *
 * @module
 */

const always = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/** Answers with `body` as JSON. */
export function reply(
  body: unknown,
  status = 200,
  headers?: Readonly<Record<string, string>>,
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: headers ? { ...always, ...headers } : always,
  });
}
