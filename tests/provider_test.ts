/** What a provider with limits sees of ten minutes of jobs that have its key. */
import { assert, assertEquals } from "@std/assert";
import { noteTook } from "../actors/turns/draw.ts";
import { mulberry } from "./chance.ts";
import { rated } from "./rated.ts";
import { TurnsStage } from "./turns_stage.ts";

/** All that a provider saw in the last minute, to the millisecond. */
class Provider {
  readonly #limits: Readonly<Record<"requests" | "tokens", number>>;
  readonly #seen: { readonly atMs: number; readonly tokens: number }[] = [];
  #tokens = 0;
  /** Callers are told to come after that. */
  restsUntilMs = 0;
  /** What we were told of that. */
  toldUntilMs = 0;
  requests = 0;
  /** Those that were told to come later, and those that came all the same. */
  refused = 0;
  early = 0;
  exceeded = 0;

  constructor(limits: Readonly<Record<"requests" | "tokens", number>>) {
    this.#limits = limits;
  }

  ask(nowMs: number, tokens: number): void {
    while (this.#seen.length > 0 && this.#seen[0]!.atMs <= nowMs - 60_000) {
      this.#tokens -= this.#seen.shift()!.tokens;
    }
    if (nowMs < this.restsUntilMs) this.refused++;
    if (nowMs < this.toldUntilMs) this.early++;
    this.#seen.push({ atMs: nowMs, tokens });
    this.#tokens += tokens;
    this.requests++;
    const { requests: most, tokens: mostTokens } = this.#limits;
    if (this.#seen.length > most || this.#tokens > mostTokens) this.exceeded++;
  }
}

/** Ten minutes with a provider that `rests` every now and then; what it saw. */
async function tenMinutes(limits: { requests: number; tokens: number }, rests: boolean) {
  const random = mulberry(7);
  const stage = new TurnsStage({
    "api:*": rated({ requests: `${limits.requests}/min`, tokens: `${limits.tokens}/min` }),
  });
  const provider = new Provider(limits);
  const more = () => {
    while (stage.queue.open.size < 500) {
      const tokens = 1 + Math.floor(random() * 50);
      stage.put({ key: "api:x", units: { tokens }, retries: 100, backoff: { baseMs: 0 } });
    }
  };
  /** What is answered when, by steps of 100 ms. */
  const answers = new Map<number, (() => void)[]>();
  for (more(); stage.clock.nowMs() < 600_000; await stage.clock.advance(100), more()) {
    const nowMs = stage.clock.nowMs();
    for (const answer of answers.get(nowMs) ?? []) answer();
    answers.delete(nowMs);
    if (rests && random() < 0.003) provider.restsUntilMs = nowMs + 1_000 + random() * 9_000;
    for (const job of stage.takeAll()) {
      const really = Math.ceil(job.spec.units!["tokens"]! * (0.2 + 0.8 * random()));
      provider.ask(nowMs, really);
      const restsMs = provider.restsUntilMs - nowMs;
      const answeredMs = nowMs + (restsMs > 0 ? 100 : 100 * Math.ceil(random() * 30));
      if (!answers.has(answeredMs)) answers.set(answeredMs, []);
      answers.get(answeredMs)!.push(() => {
        noteTook(job, { tokens: really });
        const failed = { retryAfterMs: restsMs };
        if (restsMs > 0) provider.toldUntilMs = provider.restsUntilMs;
        stage.end(stage.out(job), restsMs > 0 ? "failed" : "done", restsMs > 0 ? failed : {});
      });
    }
  }
  return provider;
}

Deno.test("rates: in no sliding minute does a provider see more than it takes, and nearly all of that", async () => {
  const byRequests = await tenMinutes({ requests: 350, tokens: 90_000 }, false);
  assertEquals(byRequests.exceeded, 0);
  assert(byRequests.requests > 3_400, `${byRequests.requests} of at most 3,850 requests`);
  const byTokens = await tenMinutes({ requests: 3_500, tokens: 9_000 }, false);
  assertEquals(byTokens.exceeded, 0);
  assert(byTokens.requests > 5_000, `${byTokens.requests} requests`);
});

Deno.test("rates: ten minutes of 429s: no limit exceeded, nobody comes before Retry-After", async () => {
  const provider = await tenMinutes({ requests: 3_500, tokens: 90_000 }, true);
  assertEquals(provider.exceeded, 0);
  assertEquals(provider.early, 0);
  assert(provider.refused > 10, `${provider.refused} were told to wait`);
  assert(provider.requests > 15_000, `${provider.requests} requests`);
});
