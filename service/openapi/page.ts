/**
 * The API's document as a page to read: no script, nothing from elsewhere.
 *
 * @module
 */
import { type OpenApi, openApi, type Operation } from "./document.ts";

/** A JSON schema as far as it is shown. */
interface Shown {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shown[];
  readonly allOf?: readonly Shown[];
  readonly items?: Shown;
  readonly prefixItems?: readonly Shown[];
  readonly properties?: Readonly<Record<string, Shown>>;
  readonly additionalProperties?: Shown | boolean;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const style = `
:root { color-scheme: light dark; --line: #8884; --dim: #888; --mark: #b4540a; }
@media (prefers-color-scheme: dark) { :root { --mark: #f0a35e; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
code, .path, .type { font-family: ui-monospace, monospace; font-size: .92em; }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; }
summary .says { color: var(--dim); }
.method { display: inline-block; min-width: 4.2em; font-weight: 600; color: var(--mark); }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid var(--line); padding: .25rem .6rem .25rem 0; vertical-align: top; }
td:first-child { font-family: ui-monospace, monospace; font-size: .92em; white-space: nowrap; }
.optional { color: var(--dim); }
nav a { margin-right: 1rem; }
a { color: inherit; text-decoration-color: var(--mark); text-underline-offset: .15em; }`;

/** The page. */
export function apiPage(): string {
  const document = openApi();
  const tags = [...new Set(operations(document).map(({ tags: [tag] }) => tag!))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Flyball API</title>
<style>${style}</style>
</head>
<body>
<h1>Flyball API</h1>
<p>Version ${document.info.version}, for programs: <a href="/openapi.json">/openapi.json</a>
(OpenAPI 3.1). Errors are <a href="#Problem">problems</a> with a stable <code>code</code>. To see the
service at work: <a href="/">the dashboard</a>.</p>
<nav>${
    tags.map((tag) => `<a href="#tag-${tag}">${tag}</a>`).join("")
  }<a href="#types">Types</a></nav>
${tags.map((tag) => section(document, tag)).join("\n")}
<h2 id="types">Types</h2>
${
    Object.entries(document.components.schemas).map(([name, schema]) =>
      typeEntry(name, schema as Shown)
    ).join("\n")
  }
</body>
</html>
`;
}

function operations({ paths }: OpenApi): readonly Operation[] {
  return Object.values(paths).flatMap((item) => Object.values(item));
}

function section({ paths }: OpenApi, tag: string): string {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).filter(([, { tags }]) => tags.includes(tag))
      .map(([method, operation]) => endpoint(method, path, operation))
  );
  return `<h2 id="tag-${tag}">${tag}</h2>\n${all.join("\n")}`;
}

function endpoint(method: string, path: string, operation: Operation): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(({ name, in: where, description }) =>
    row(name, where, escape(description), where === "query")
  );
  return `<details id="${operationId}"><summary><span class="method">${method.toUpperCase()}</span>
<span class="path">${escape(path)}</span> <span class="says">${escape(summary)}</span></summary>
${rows.length > 0 ? `<p>Parameters</p><table>${rows.join("")}</table>` : ""}
${requestBody ? `<p>Body: ${content(requestBody)}</p>` : ""}
<p>Answers</p><table>${
    Object.entries(responses).map(([status, response]) =>
      row(status, content(response), escape((response as Shown).description ?? ""))
    ).join("")
  }</table></details>`;
}

function content(of: unknown): string {
  const { content = {} } = of as { readonly content?: Record<string, { readonly schema: Shown }> };
  return Object.entries(content).map(([media, { schema }]) =>
    media.endsWith("json") ? typeText(schema) : escape(media)
  ).join(", ");
}

function typeEntry(name: string, schema: Shown): string {
  const { description = "", properties } = schema;
  const shown = properties ? fields(schema) : `<p class="type">${typeText(schema)}</p>`;
  return `<details id="${name}"><summary><span class="path">${name}</span>
<span class="says">${escape(description)}</span></summary>${shown}</details>`;
}

function fields({ properties = {}, required = [] }: Shown): string {
  const rows = Object.entries(properties).map(([name, field]) =>
    row(name, typeText(field), escape(field.description ?? ""), !required.includes(name))
  );
  return `<table>${rows.join("")}</table>`;
}

const row = (name: string, type: string, says: string, isOptional = false): string =>
  `<tr><td>${escape(name)}${
    isOptional ? '<span class="optional">?</span>' : ""
  }</td><td><span class="type">${type}</span><br>${says}</td></tr>`;

/** A schema in a line, types that have a name as links. */
function typeText(schema: Shown): string {
  const { $ref, anyOf, allOf, items, prefixItems, properties, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.split("/").at(-1)!;
    return `<a href="#${name}">${name}</a>`;
  }
  if (schema.enum) return schema.enum.map((value) => escape(JSON.stringify(value))).join(" | ");
  if ("const" in schema) return escape(JSON.stringify(schema.const));
  if (anyOf) return anyOf.map(typeText).join(" | ");
  if (allOf) return allOf.map(typeText).join(" &amp; ");
  if (prefixItems) return `[${prefixItems.map(typeText).join(", ")}]`;
  if (schema.type === "array") return `(${typeText(items ?? {})})[]`;
  if (properties) return fields(schema);
  if (typeof additionalProperties === "object") return `{ …: ${typeText(additionalProperties)} }`;
  return (schema.type ?? "anything") + range(schema);
}

/** The range of a number where it says something; every integer has the bounds of safe ones. */
function range({ minimum, maximum }: Shown): string {
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  return least === undefined && most === undefined ? "" : ` ${least ?? ""}..${most ?? ""}`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };

const escape = (text: string): string => text.replaceAll(/[&<"]/g, (sign) => entities[sign]!);
