import { assertEquals } from "@std/assert";
import { Job } from "../actors/job.ts";
import { startMessage } from "../actors/start_message.ts";
import { arity, malformed, messages } from "../messages/wire.ts";
import { orderOf } from "./orders.ts";

/** A job as a worker is told of it. */
interface Told {
  readonly slot: number;
  readonly number?: number;
  readonly attempt?: number;
  readonly timeoutMs?: number;
  readonly payload?: string;
  readonly trace?: string;
}

function say({ slot, number = 1, attempt = 1, timeoutMs = 0, payload = "null", trace = "" }: Told) {
  const order = orderOf();
  const job = new Job(1, { ...order, timeoutMs, operation: { ...order.operation, number } }, 0, 0);
  job.slot = slot;
  job.attempt = attempt;
  return JSON.parse(`[${startMessage(job, payload, trace)}]`) as unknown[];
}

Deno.test("start message: says slot, attempt, operation, input, timeout and trace, whatever was said before", () => {
  const { kind } = messages.start;
  const told: readonly Told[] = [
    { slot: 0 },
    { slot: 511, timeoutMs: 300_000, payload: '{"path":"a,b"}' },
    { slot: 7, number: 12 },
    { slot: 7, number: 1, timeoutMs: 20 },
    { slot: 7, number: 1, timeoutMs: 20, attempt: 2 },
    { slot: 8, number: 1, timeoutMs: 20, trace: '00-"-01' },
    { slot: 9, number: 12, attempt: 3, trace: "00-a-b-01" },
    { slot: 9, number: 12 },
  ];
  for (const one of [...told, ...told.toReversed()]) {
    const { slot, number = 1, attempt = 1, timeoutMs = 0, payload = "null", trace = "" } = one;
    const batch = say(one);
    assertEquals(batch, [kind, slot, attempt, number, JSON.parse(payload), timeoutMs, trace]);
    assertEquals([malformed(batch, "down"), batch.length], [null, 1 + arity(kind)]);
  }
});
