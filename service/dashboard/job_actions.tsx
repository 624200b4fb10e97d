/**
 * What can be done to a job.
 *
 * @module
 */
import { h } from "preact";
import { signal } from "@preact/signals";
import type { JobView } from "../../messages/job.ts";
import { type Problem, send } from "./api.ts";
import { isReadOnly } from "./session.ts";

/** What the service said last, for a while. */
export const notice = signal<{ readonly text: string; readonly isBad: boolean } | null>(null);

const shownMs = 6_000;
let timer: ReturnType<typeof setTimeout>;

/** Tells the reader something. */
export function tell(text: string, isBad = false): void {
  notice.value = { text, isBad };
  clearTimeout(timer);
  timer = setTimeout(() => notice.value = null, shownMs);
}

/** Does something and tells what came of it; true when it was done. */
export async function attempt(what: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await what();
    tell(done);
    return true;
  } catch (error) {
    tell((error as Problem).message, true);
    return false;
  }
}

const retriable = ["failed", "dead", "timedOut", "expired", "lost", "cancelled"];

interface JobActionsProps {
  readonly job: Pick<JobView, "id" | "state">;
  readonly onDone: () => void;
}

/** Cancel what has not ended, retry what has ended badly; nothing where nothing may be changed. */
export function JobActions({ job: { id, state }, onDone }: JobActionsProps) {
  if (isReadOnly.value || state === "done") return null;
  const isRetry = retriable.includes(state);
  const act = async () => {
    const done = isRetry
      ? await attempt(() => send("POST", `jobs/${id}/retry`), `Job ${id} goes back into the queue`)
      : await attempt(() => send("DELETE", `jobs/${id}`), `Job ${id} is cancelled`);
    if (done) onDone();
  };
  const verb = isRetry ? "Retry" : "Cancel";
  return (
    <button
      type="button"
      class={isRetry ? "" : "danger"}
      aria-label={`${verb} ${id}`}
      onClick={act}
    >
      {verb}
    </button>
  );
}
