/**
 * What a job waits for that a breaker holds.
 *
 * @module
 */
import { opensAt } from "../../machines/breaker.ts";
import type { Hold } from "../gates/gate.ts";
import { type Job, jobId } from "../job.ts";
import type { Circuit } from "./circuit.ts";

/** Says why `circuit` holds `job`. */
export function explain(circuit: Circuit, job: Job, nowMs: number): Hold {
  const { name, snapshot, probe } = circuit;
  const untilMs = snapshot?.context.deadlines.open?.untilMs ?? null;
  const because = untilMs === null
    ? `The breaker of ${name} is half open: ` +
      (probe ? `it waits for ${jobId(probe.id)}, which is tried` : "the next job is tried")
    : `The breaker of ${name} is open: ${countsOf(circuit)}; ` +
      `one is tried in ${Math.max(0, (untilMs - nowMs) / 1_000).toFixed(1)} s`;
  return { gate: "breaker", because, ahead: circuit.ahead(job), untilMs };
}

/** What made it open. */
export function countsOf({ snapshot }: Circuit): string {
  const { ended, failed, slow } = snapshot!.context;
  const isSlow = failed < ended * opensAt(snapshot!.context);
  const [count, word] = isSlow ? [slow, "took too long"] : [failed, "failed"];
  return `${Math.round(count)} of ${Math.round(ended)} attempts ${word}`;
}
