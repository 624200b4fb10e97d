/**
 * The API as an OpenAPI 3.1 document: bodies from the schemas that check them, answers from the types
 * that they have, words from the table of endpoints.
 *
 * @module
 */
import { version } from "../../actors/version.ts";
import { bodySchemas } from "./bodies.ts";
import type { Answer, Endpoint } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";
import schemas from "./schemas.json" with { type: "json" };

/** An OpenAPI document. */
export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** One endpoint in it. */
export interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

/** A part of the path or of the query, or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: { readonly type: "string" };
}

const problem = {
  description: "What was wrong (RFC 9457), with a stable code.",
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { description: "Names the problem; it stays the same over versions.", type: "string" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: {
          pointer: { description: "JSON pointer to the field.", type: "string" },
          message: { type: "string" },
          expected: { type: "string" },
          given: { type: "string" },
        },
        required: ["pointer", "message"],
      },
    },
    correlationId: { description: "Under which the log has it.", type: "string" },
  },
  required: ["type", "title", "status", "code", "detail", "errors", "correlationId"],
};

let made: OpenApi | null = null;

/** The document. */
export function openApi(): OpenApi {
  return made ??= {
    openapi: "3.1.0",
    info: {
      title: "Flyball",
      version,
      description: "An elastic job runtime for Deno. Errors are application/problem+json.",
    },
    paths: paths(),
    components: {
      schemas: { ...schemas, ...bodySchemas(schemas.JobSpec.properties), Problem: problem },
    },
  };
}

function paths(): OpenApi["paths"] {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [at, endpoint] of Object.entries(endpoints)) {
    const [method, path] = at.split(" ") as [string, string];
    const item = paths[path.replaceAll(/:(\w+)/g, "{$1}")] ??= {};
    item[method.toLowerCase()] = operation(method, path, endpoint);
  }
  return paths;
}

function operation(method: string, path: string, endpoint: Endpoint): Operation {
  const { tag, summary, query = {}, headers = {}, body, answers } = endpoint;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const parameters = [
    ...inPath.map((name) => parameter(name, "path", name === "id" ? "Its id." : "Its name.")),
    ...Object.entries(query).map(([name, words]) => parameter(name, "query", words)),
    ...Object.entries(headers).map(([name, words]) => parameter(name, "header", words)),
  ];
  return {
    tags: [tag],
    operationId: [method.toLowerCase(), ...path.split(/\W+/)].filter((word) =>
      word && word !== "api" && word !== "v1"
    ).join("_"),
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: ref(body) } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, response(status, answer)]),
      ),
      default: {
        description: "A problem.",
        content: { "application/problem+json": { schema: ref("Problem") } },
      },
    },
  };
}

const parameter = (name: string, where: Parameter["in"], description: string): Parameter => ({
  name,
  in: where,
  required: where !== "query",
  description,
  schema: { type: "string" },
});

const words: Readonly<Record<string, string>> = {
  101: "Goes on as a WebSocket.",
  201: "Made.",
  202: "Taken; it has not happened yet.",
};

function response(status: string, answer: Answer) {
  const description = words[status] ?? "As asked.";
  if ("text" in answer) {
    return { description, content: { [answer.text]: { schema: { type: "string" } } } };
  }
  return { description, content: { "application/json": { schema: shape(answer) } } };
}

function shape(answer: Answer | "string" | "boolean"): unknown {
  if (typeof answer === "string") return { type: answer };
  if ("type" in answer) return ref(answer.type);
  if ("list" in answer) return { type: "array", items: ref(answer.list) };
  if ("text" in answer) return { type: "string" };
  if ("object" in answer) return { type: "object", description: answer.object };
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(answer.fields).map(([name, field]) => [name, shape(field)]),
    ),
    required: Object.keys(answer.fields),
  };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
