/**
 * Waits for `ms` and says so while it does; ends at once when it is cancelled. Holds no thread:
 * a single worker can have a thousand of these under way.
 *
 * ```sh
 * deno task flyball submit sleep --input '{"ms":5000}'
 * ```
 *
 * @module
 */
import { defineTask } from "../../task.ts";

/** Times that the task reports how far it is. */
const reports = 10;

export default defineTask({
  run: async ({ ms }: { ms: number }, { signal, progress }) => {
    for (let report = 1; report <= reports; report++) {
      await pause(ms / reports, signal);
      progress(report / reports);
    }
    return ms;
  },
});

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
