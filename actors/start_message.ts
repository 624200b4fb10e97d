/**
 * What a worker is told to start a job: joined by hand, as it is said for every job.
 *
 * @module
 */
import { messages } from "../messages/wire.ts";
import type { Job } from "./job.ts";

const { kind } = messages.start;

/** What follows the slot in the first attempt of a job, by the number of its operation. */
const firsts: string[] = [];
/** What follows the payload of a job without a trace, with the time of the last one. */
let end = { timeoutMs: 0, text: ',0,""' };

/** The message that starts `job`, which has a slot, with `payload` as its input; `traceparent` may be empty. */
export function startMessage(
  { slot, attempt, operation: { number }, timeoutMs }: Job,
  payload: string,
  traceparent: string,
): string {
  if (attempt === 1 && traceparent === "") {
    // So it is nearly always, and each piece more is a text more to be thrown away.
    if (end.timeoutMs !== timeoutMs) end = { timeoutMs, text: `,${timeoutMs},""` };
    return `${kind},${slot}${firsts[number] ??= `,1,${number},`}${payload}${end.text}`;
  }
  const trace = traceparent === "" ? '""' : JSON.stringify(traceparent);
  return `${kind},${slot},${attempt},${number},${payload},${timeoutMs},${trace}`;
}
