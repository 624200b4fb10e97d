/**
 * The command line in this process, against a service that answers from a script.
 *
 * @module
 */
import { join } from "node:path";
import { flyball } from "../cli/flyball.ts";
import answers from "./fixtures/cli/answers.json" with { type: "json" };

/** What a service answers, by method and path; the path may go on with the query it is for. */
export const scripted: Readonly<Record<string, unknown>> = answers;

/** What a verb has said and how it ended. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a verb in this process. */
export async function say(...args: readonly string[]): Promise<Said> {
  const said = { stdout: "", stderr: "" };
  const { log, error } = console;
  const { write, writeSync } = Deno.stdout;
  console.log = (text) => said.stdout += `${text}\n`;
  console.error = (text) => said.stderr += `${text}\n`;
  const text = new TextDecoder();
  Deno.stdout.writeSync = (bytes) => {
    said.stdout += text.decode(bytes);
    return bytes.length;
  };
  Deno.stdout.write = (bytes) => Promise.resolve(Deno.stdout.writeSync(bytes));
  try {
    const code = await flyball(args);
    return { code, ...said };
  } finally {
    Object.assign(console, { log, error });
    Object.assign(Deno.stdout, { write, writeSync });
  }
}

/** A request as the script knows it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/**
 * A service on a control socket; `data` is its directory. What it was asked is in `asked`; `changed`
 * answers before the script does.
 */
export async function withScript(
  test: (stage: { readonly data: string; readonly asked: Asked[] }) => Promise<void>,
  changed: (asked: Asked) => unknown = () => undefined,
): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "flyball-cli-" });
  const asked: Asked[] = [];
  const server = Deno.serve(
    { path: join(data, "control.sock"), onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      const question = {
        method: request.method,
        path: pathname + search,
        body: text === "" ? undefined : JSON.parse(text),
      };
      asked.push(question);
      const answer = changed(question) ?? scriptedAnswer(question);
      if (answer !== undefined) return Response.json(answer);
      const detail = `${pathname} was not found`;
      return Response.json({ code: "not_found", detail }, { status: 404 });
    },
  );
  try {
    await test({ data, asked });
  } finally {
    await server.shutdown();
    await Deno.remove(data, { recursive: true });
  }
}

/** The script's answer with the longest path that the request begins with. */
function scriptedAnswer({ method, path }: Asked): unknown {
  const [plain, query = ""] = path.split("?");
  const exact = Object.keys(scripted).filter((key) => {
    const [asked, wanted = ""] = key.split("?");
    return asked === `${method} ${plain}` && (wanted === "" || query.includes(wanted));
  });
  return scripted[exact.sort((a, b) => b.length - a.length)[0] ?? ""];
}
