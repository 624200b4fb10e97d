/**
 * Waiting for a job of a running service.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import { isEnding } from "../machines/job.ts";
import type { JobView } from "../messages/job.ts";
import type { Control } from "./control.ts";

/** How often the service is asked: soon at first, then ever more rarely. */
const [everyMsMin, everyMsMax] = [50, 1_000];

/** Whether nothing follows a job's state. */
export function hasEnded({ state }: Pick<JobView, "state">): boolean {
  return isEnding(state);
}

/** Where the service answers for a job. */
export const pathOf = (id: string): string => `/api/v1/jobs/${encodeURIComponent(id)}`;

/** Asks for a job. */
export async function fetchJob(control: Control, id: string): Promise<JobView> {
  return await control.ask({ method: "GET", path: pathOf(id) }) as JobView;
}

/** Resolves with the job when it has ended; `seen` is told each change on the way. */
export async function follow(
  control: Control,
  id: string,
  { seen = () => {}, withinMs = Infinity }: {
    readonly seen?: (job: JobView) => void;
    readonly withinMs?: number;
  } = {},
): Promise<JobView> {
  const untilMs = performance.now() + withinMs;
  let everyMs = everyMsMin;
  let last = "";
  for (;;) {
    const job = await fetchJob(control, id);
    const place = `${job.state} ${job.attempt}`;
    if (place !== last) seen(job);
    if (hasEnded(job)) return job;
    if (performance.now() >= untilMs) {
      throw new Refusal(
        "wait_over",
        `job ${id} is still ${job.state}; follow it with: job ${id} -f`,
      );
    }
    everyMs = place === last ? Math.min(everyMs * 1.5, everyMsMax) : everyMsMin;
    last = place;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
