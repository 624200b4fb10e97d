/**
 * What a worker is told to start a job: joined by hand, as it is said for every job.
 *
 * @module
 */
import { messages } from "../messages/wire.ts";
import type { Job } from "./job.ts";

const { kind } = messages.start;

/** The message that starts `job`, which has a slot, with `payload` as its input; `traceparent` may be empty. */
export function startMessage(
  { slot, attempt, operation, timeoutMs }: Job,
  payload: string,
  traceparent: string,
): string {
  const trace = traceparent === "" ? '""' : JSON.stringify(traceparent);
  return `${kind},${slot},${attempt},${operation.number},${payload},${timeoutMs},${trace}`;
}
