/**
 * Doing the same to one job after another of a running service.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type { JobView } from "../messages/job.ts";
import { complain } from "./complain.ts";
import { exit, exitOf } from "./exit.ts";

/** Asks for each job and prints what has become of it; the exit code is that of the last refusal. */
export async function eachJob(
  ids: Iterable<string> | AsyncIterable<string>,
  json: boolean,
  ask: (id: string) => Promise<unknown>,
): Promise<number> {
  let code: number = exit.ok;
  for await (const id of ids) {
    try {
      const job = await ask(id) as JobView;
      console.log(json ? JSON.stringify(job) : `${job.id} ${job.state}`);
    } catch (error) {
      // The others may be fine, unless the service is not.
      if (!(error instanceof Refusal) || exitOf(error) === exit.unavailable) throw error;
      code = complain(error);
    }
  }
  return code;
}
