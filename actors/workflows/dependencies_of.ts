/**
 * The jobs that a job waits for.
 *
 * @module
 */
import type { Dependency, JobSpec } from "../../messages/job.ts";

/** In the order in which they were given. */
export const dependenciesOf = ({ after = [] }: JobSpec): readonly Dependency[] =>
  after.map((one) => typeof one === "string" ? { id: one } : one);
