/**
 * A client of a running service: jobs, pools, decisions, logs and events over HTTP, typed. It loads
 * nothing of the runtime.
 *
 * ```ts ignore
 * import { connect } from "@flyball/flyball/client";
 *
 * using flyball = connect("http://127.0.0.1:4477");
 * const digest = await flyball.run("hash", { path: "README.md" });
 * ```
 *
 * @module
 */
export {
  type Asked,
  type Client,
  type ClientFact,
  type ClientLogOptions,
  connect,
  type EventsOptions,
  type WaitOptions,
} from "./client.ts";
export type { Address, ConnectOptions } from "./line.ts";
export { JobError } from "../actors/job_error.ts";
export { type Issue, Refusal } from "../actors/refusal.ts";
