/**
 * A model's provider on the loopback, as far as its limits and its moods go: so many requests and
 * tokens in each period, whichever one looks at, and 429 with `Retry-After` beyond.
 *
 * @module
 */
import { codeOf, featureOf } from "./features.ts";
import { charsPerToken } from "./jobs.ts";
import { chance, type Fault, type Run } from "./plan.ts";

/** What it grants: `90000/min`, `20/2s`. */
export interface ProviderRates {
  readonly requests: string;
  readonly tokens: string;
}

/** How it is. */
export interface ProviderOptions {
  readonly rates: ProviderRates;
  /** Who will ask, told apart by their trace, and what they meet. */
  readonly runs: readonly Run[];
  /** What a token of an answer takes, ms. */
  readonly msPerToken: number;
  /** What a `slow` answer takes, ms. */
  readonly slowMs: number;
  readonly seed: number;
}

/** What it has seen. */
export interface Ledger {
  /** All requests. */
  requests: number;
  /** Whole answers. */
  answers: number;
  /** Tokens of all answers and their prompts. */
  tokens: number;
  /** Requests beyond its limits. */
  exceeded: number;
  /** Requests of nobody's trace. */
  strangers: number;
  /** Most requests and tokens that it granted in one period. */
  mostRequests: number;
  mostTokens: number;
  /** How often it failed on purpose. */
  readonly failed: Record<Fault, number>;
}

interface Question {
  readonly max_tokens: number;
  readonly messages: readonly { readonly content: string }[];
}

/** Words before the code of an answer, tokens. */
const thoughts = { min: 100, max: 600 };

/** A provider that listens. */
export class Provider implements AsyncDisposable {
  /** What it has seen so far. */
  readonly ledger: Ledger = {
    requests: 0,
    answers: 0,
    tokens: 0,
    exceeded: 0,
    strangers: 0,
    mostRequests: 0,
    mostTokens: 0,
    failed: { gone: 0, killed: 0, tooMany: 0, broken: 0, cut: 0, slow: 0, wrong: 0 },
  };
  readonly #options: ProviderOptions;
  readonly #requests: Window;
  readonly #tokens: Window;
  readonly #faults: Map<string, { readonly id: string; fault: Fault | null }>;
  readonly #random: () => number;
  readonly #closed = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Listens at a free port. */
  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#random = chance(options.seed);
    this.#requests = new Window(options.rates.requests);
    this.#tokens = new Window(options.rates.tokens);
    this.#faults = new Map(
      options.runs.map(({ id, traceparent, fault }) => [traceIdOf(traceparent), { id, fault }]),
    );
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Where it is asked. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/v1/chat/completions`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { max_tokens, messages }: Question = await request.json();
    const { ledger } = this;
    const prompt = messages.map(({ content }) => content).join("\n");
    const run = this.#faults.get(traceIdOf(request.headers.get("traceparent") ?? ""));
    ledger.requests++;
    if (!run) ledger.strangers++;
    const fault = this.#meet(run);
    if (fault === "tooMany") return refusal(429, 1);
    if (fault === "broken") return refusal(500);

    const feature = featureOf(prompt);
    // A model that gives up says so politely.
    const body = run?.fault === "wrong" ? 'throw new Error("Not implemented yet");' : feature.body;
    const text = `\`\`\`ts\n${codeOf(feature, body)}\`\`\``;
    const thought = thoughts.min + this.#random() * (thoughts.max - thoughts.min);
    const answerTokens = Math.min(max_tokens, Math.ceil(thought + text.length / charsPerToken));
    const promptTokens = Math.ceil(prompt.length / charsPerToken);
    const tokens = promptTokens + answerTokens;
    const waitMs = this.#grant(tokens);
    if (waitMs > 0) return refusal(429, Math.ceil(waitMs / 1_000));

    const { msPerToken, slowMs } = this.#options;
    await pause(fault === "slow" ? slowMs : answerTokens * msPerToken, this.#closed.signal);
    const isCut = fault === "cut";
    if (!isCut) ledger.answers++;
    return Response.json({
      choices: [{
        message: { role: "assistant", content: isCut ? text.slice(0, text.length / 2) : text },
        finish_reason: isCut ? "length" : "stop",
      }],
      usage: { prompt_tokens: promptTokens, completion_tokens: answerTokens, total_tokens: tokens },
    });
  }

  /** What a request of a run meets: all but `wrong` code only its first one. */
  #meet(run: { fault: Fault | null } | undefined): Fault | null {
    const fault = run?.fault ?? null;
    if (!run || fault === null || fault === "gone" || fault === "killed") return null;
    this.ledger.failed[fault]++;
    if (fault !== "wrong") run.fault = null;
    return fault;
  }

  /** Takes a request and its tokens; how long to wait where there is no room, ms. */
  #grant(tokens: number): number {
    const nowMs = performance.now();
    const waitMs = Math.max(this.#requests.waitMs(1, nowMs), this.#tokens.waitMs(tokens, nowMs));
    const { ledger } = this;
    if (waitMs > 0) {
      ledger.exceeded++;
      return waitMs;
    }
    ledger.tokens += tokens;
    ledger.mostRequests = Math.max(ledger.mostRequests, this.#requests.take(1, nowMs));
    ledger.mostTokens = Math.max(ledger.mostTokens, this.#tokens.take(tokens, nowMs));
    return 0;
  }
}

/** All that was taken within the last period. */
class Window {
  readonly #amount: number;
  readonly #periodMs: number;
  readonly #taken: { readonly atMs: number; readonly amount: number }[] = [];
  #sum = 0;

  constructor(rate: string) {
    const [, amount, count, unit] = /^(\d+)\/(\d*)(s|min)$/.exec(rate) ?? [];
    if (amount === undefined) throw new Error(`${rate} is no rate such as 90000/min or 20/2s`);
    this.#amount = Number(amount);
    this.#periodMs = Number(count || 1) * (unit === "s" ? 1_000 : 60_000);
  }

  /** How long until there is room for so much, ms; 0: there is. */
  waitMs(amount: number, nowMs: number): number {
    while (this.#taken.length > 0 && this.#taken[0]!.atMs <= nowMs - this.#periodMs) {
      this.#sum -= this.#taken.shift()!.amount;
    }
    let over = this.#sum + amount - this.#amount;
    let waitMs = 0;
    for (const taken of this.#taken) {
      if (over <= 0) break;
      over -= taken.amount;
      waitMs = taken.atMs + this.#periodMs - nowMs;
    }
    return waitMs;
  }

  /** Takes it; what was taken within the period is returned. */
  take(amount: number, atMs: number): number {
    this.#taken.push({ atMs, amount });
    return this.#sum += amount;
  }
}

const traceIdOf = (traceparent: string): string => traceparent.split("-")[1] ?? "";

function refusal(status: number, waitS?: number): Response {
  const headers: Record<string, string> = waitS === undefined ? {} : { "retry-after": `${waitS}` };
  return Response.json({ error: { code: status } }, { status, headers });
}

/** Waits, until the provider closes. */
function pause(forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, forMs);
    signal.addEventListener("abort", over, { once: true });
    function over() {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    }
  });
}
