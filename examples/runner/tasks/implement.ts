/**
 * Has a model write a file. What a request takes is reserved before and settled afterwards; a provider
 * that asks for patience is given it by all who ask the same one.
 *
 * @module
 */
import { defineTask } from "@flyball/flyball/task";

/** What is to be written, where, and who is asked. */
export interface Order {
  /** Address of the provider's chat completions. */
  readonly url: string;
  readonly prompt: string;
  /** Tokens that the answer may have. */
  readonly tokensMax: number;
  /** File to write. */
  readonly path: string;
}

/** What providers answer, as far as it matters here. */
interface Completion {
  readonly choices: readonly {
    readonly message: { readonly content: string };
    readonly finish_reason: string;
  }[];
  readonly usage: { readonly total_tokens: number };
}

export default defineTask({
  run: async ({ url, prompt, tokensMax, path }: Order, { signal, trace, took, log }) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", traceparent: trace },
      body: JSON.stringify({
        model: "example",
        max_tokens: tokensMax,
        messages: [{ role: "user", content: prompt }],
      }),
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      took({ tokens: 0 });
      const waitS = Number(response.headers.get("retry-after") ?? 0);
      const error = new Error(`The provider answers ${response.status}`);
      throw waitS > 0 ? Object.assign(error, { retryAfterMs: waitS * 1_000 }) : error;
    }
    const { choices: [choice], usage }: Completion = await response.json();
    took({ tokens: usage.total_tokens });
    log(`${usage.total_tokens} tokens`);
    const code = /^```ts\n(.*)^```$/ms.exec(choice?.message.content ?? "")?.[1];
    if (choice?.finish_reason !== "stop" || code === undefined) {
      throw new Error("The answer is cut short");
    }
    await Deno.writeTextFile(path, code);
    return { tokens: usage.total_tokens };
  },
});
