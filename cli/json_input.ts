/**
 * The input of a task as it is given on the command line: JSON, or `-` for JSON on stdin.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";

/** Largest input, bytes; larger ones go by file. */
const inputBytesMax = 1_048_576;

/** Reads `--input`; without one the input is undefined. */
export async function readInput(given: string | undefined): Promise<unknown> {
  if (given === undefined) return undefined;
  const text = given === "-" ? await readAll(Deno.stdin.readable, "--input") : given;
  try {
    return JSON.parse(text);
  } catch (error) {
    const because = (error as SyntaxError).message;
    throw new Refusal("invalid_json", `--input expected JSON: ${because}`);
  }
}

/** Reads the whole of stdin for `option`, within bounds; throws Refusal. */
export async function readAll(
  stdin: ReadableStream<Uint8Array>,
  option: string,
): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of stdin) {
      bytes += chunk.length;
      if (bytes > inputBytesMax) break;
      text += decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
  } catch {
    throw new Refusal("invalid_utf8", `${option} - expected UTF-8 on stdin`);
  }
  if (bytes > inputBytesMax) {
    throw new Refusal(
      "invalid_input",
      `${option} - expected at most ${inputBytesMax} bytes on stdin`,
    );
  }
  return text;
}
