/**
 * Whole jobs as they are given to `submit --job`: one as JSON, `{ "jobs": [...] }`, or one a line.
 *
 * @module
 */
import { refusalOf } from "../actors/admission.ts";
import { flaw } from "../actors/flaw.ts";
import { Refusal } from "../actors/runtime.ts";
import type { JobSpec } from "../messages/job.ts";
import { readAll } from "./json_input.ts";

/** Reads the file at `path`, or stdin where it is `-`. The service checks what is in the jobs. */
export async function readJobs(path: string): Promise<JobSpec> {
  const text = path === "-" ? await readAll(Deno.stdin.readable, "--job") : await read(path);
  const value = parse(text, path);
  // That it is an object is all that is needed to add to it.
  if (isObject(value)) return value as JobSpec;
  throw refusalOf([flaw("usage", "", "a JSON object", value, `--job ${path}`)]);
}

const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(text: string, path: string): unknown {
  const whole = parsed(text);
  const lines = text.split("\n").map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== "");
  const isLines = lines.length > 1 && isObject(parsed(lines[0]!.line).value);
  if (whole.because === null) return whole.value;
  if (!isLines) throw notJson(`--job ${path}`, whole.because);
  return {
    jobs: lines.map(({ line, number }) => {
      const { value, because } = parsed(line);
      if (because !== null) throw notJson(`--job ${path}, line ${number},`, because);
      return value;
    }),
  };
}

const notJson = (where: string, because: string) =>
  new Refusal("invalid_json", `${where} expected JSON: ${because}`);

function parsed(text: string): { readonly value: unknown; readonly because: string | null } {
  try {
    return { value: JSON.parse(text), because: null };
  } catch (error) {
    return { value: null, because: (error as SyntaxError).message };
  }
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    const plain = because.replace(/ \(os error .*$/, "");
    throw new Refusal("no_input", `cannot read --job ${path}: ${plain}`);
  }
}
