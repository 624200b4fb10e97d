/**
 * What the referee needs to know of a source file, read from its syntax tree, so that words in
 * strings and comments are never taken for code.
 *
 * @module
 */

/** One import, export-from, `import()` or `new URL("./…", import.meta.url)`. */
export interface Import {
  readonly specifier: string;
  readonly kind: "static" | "dynamic" | "url";
}

/** A name of the language's globals, or a way of using it, and where. */
export interface Use {
  /** `Date.now`, `new Date`, `fetch`, … */
  readonly name: string;
  readonly line: number;
}

/** A function with its first line and its length in lines. */
export interface Body {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** A file as the rules see it. */
export interface Outline {
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Identifiers that are read, called or used as a type; member names and keys are not. */
  readonly uses: readonly Use[];
  /** Last names of what is called: `spawn` for `enqueue.spawn(…)`. */
  readonly calls: readonly Use[];
  readonly bodies: readonly Body[];
  /** Keys of object literals. */
  readonly keys: readonly Use[];
  /** Keys whose value is a Zod number. */
  readonly numbers: readonly Use[];
  readonly comments: readonly Use[];
}

/** Any node, looked at by the names of its fields. */
type Node = Deno.lint.Node;
// deno-lint-ignore no-explicit-any -- a tree of eighty kinds of node; each is asked for its type first.
type Loose = any;

/** Keys and member names: an identifier there refers to nothing. */
const names: Readonly<Record<string, string>> = {
  MemberExpression: "property",
  TSQualifiedName: "right",
  Property: "key",
  MethodDefinition: "key",
  PropertyDefinition: "key",
  TSPropertySignature: "key",
  TSMethodSignature: "key",
  TSNamedTupleMember: "label",
  TSEnumMember: "id",
};

function refers(node: Loose): boolean {
  const parent = node.parent;
  if (parent.shorthand || parent.computed) return true;
  const field = names[parent.type];
  return field === undefined || parent[field] !== node;
}

/** `Date.now` for the `Date` in it, `new Date` for `new Date(…)`, else the name. */
function phrase(node: Loose): string {
  const { parent } = node;
  if (parent.type === "NewExpression" && parent.callee === node) return `new ${node.name}`;
  const member = parent.type === "MemberExpression" && parent.object === node && !parent.computed;
  return member ? `${node.name}.${parent.property.name}` : node.name;
}

function nameOf(node: Loose): string {
  const { parent } = node;
  return node.id?.name ?? parent?.id?.name ?? parent?.key?.name ?? "a function";
}

/** What a chain of calls and members begins with: `z`, its first member, and what that is given. */
function rootOf(node: Loose): readonly [string, string | undefined, Loose[] | undefined] {
  let first: string | undefined;
  let given: Loose[] | undefined;
  while (node?.type === "CallExpression" || node?.type === "MemberExpression") {
    if (node.type === "MemberExpression") first = node.property.name;
    else given = node.arguments;
    node = node.callee ?? node.object;
  }
  return [node?.type === "Identifier" ? node.name : "", first, given];
}

/** Schemas around another one, which is their first argument. */
const around = new Set(["_default", "exactOptional", "nullable", "optional", "prefault"]);

function numeric(node: Loose, aliases: ReadonlySet<string>): boolean {
  const [root, first, given] = rootOf(node);
  if (aliases.has(root)) return true;
  if (root !== "z" || first === undefined) return false;
  return around.has(first) ? numeric(given?.[0], aliases) : first === "number" || first === "int";
}

/** Reads one file. Throws when it has no syntax. */
export function outline(path: string, source: string): Outline {
  const imports: Import[] = [];
  const uses: Use[] = [];
  const calls: Use[] = [];
  const bodies: Body[] = [];
  const keys: Use[] = [];
  const comments: Use[] = [];
  const numbers: Use[] = [];
  const aliases = new Set<string>();

  const line = lineOf(source);
  const from = (kind: Import["kind"]) => (node: Loose) => {
    const literal = node.source ?? node.argument?.literal ?? node.argument;
    if (typeof literal?.value === "string") imports.push({ specifier: literal.value, kind });
  };
  const body = (node: Loose) => {
    const lines = source.slice(...(node.range as [number, number])).split("\n").length;
    bodies.push({ name: nameOf(node), line: line(node), lines });
  };

  const visitor = {
    Program: () => {},
    ImportDeclaration: from("static"),
    ExportAllDeclaration: from("static"),
    ExportNamedDeclaration: from("static"),
    TSImportType: from("static"),
    ImportExpression: from("dynamic"),
    NewExpression(node: Loose) {
      const [first, second] = node.arguments;
      const relative = node.callee.name === "URL" && second?.object?.type === "MetaProperty";
      if (relative && typeof first.value === "string") {
        imports.push({ specifier: first.value, kind: "url" });
      }
    },
    Identifier(node: Loose) {
      if (refers(node)) uses.push({ name: phrase(node), line: line(node) });
    },
    CallExpression({ callee }: Loose) {
      const name = callee.name ?? callee.property?.name;
      if (typeof name === "string") calls.push({ name, line: line(callee) });
    },
    FunctionDeclaration: body,
    FunctionExpression: body,
    ArrowFunctionExpression: body,
    VariableDeclarator(node: Loose) {
      if (node.init && numeric(node.init, aliases)) aliases.add(node.id.name);
    },
    Property(node: Loose) {
      if (node.parent.type !== "ObjectExpression" || node.computed) return;
      const key = { name: String(node.key.name ?? node.key.value), line: line(node) };
      keys.push(key);
      if (numeric(node.value, aliases)) numbers.push(key);
    },
  };
  read(path, source, visitor, (comment) => {
    comments.push({ name: comment.value, line: line(comment) });
  });
  return { lines: countLines(source), imports, uses, calls, bodies, keys, numbers, comments };
}

/** Lines as `wc -l` counts them. */
const countLines = (source: string): number => source.replace(/\n$/, "").split("\n").length;

/** In which line a node of this source begins, counted from 1. */
function lineOf(source: string): (node: Pick<Node, "range">) => number {
  const ends = [...source.matchAll(/\n/g)].map(({ index }) => index);
  return ({ range: [at] }) => {
    let low = 0, high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

/** Walks the tree that the linter itself uses. */
function read(
  path: string,
  source: string,
  visitor: Deno.lint.LintVisitor,
  comment: (comment: { value: string; range: [number, number] }) => void,
): void {
  const create = (context: Deno.lint.RuleContext) => {
    context.sourceCode.getAllComments().forEach(comment);
    return visitor;
  };
  Deno.lint.runPlugin({ name: "outline", rules: { outline: { create } } }, path, source);
}
