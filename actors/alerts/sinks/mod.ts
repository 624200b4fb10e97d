/**
 * Sinks by type. Each is loaded when a configuration names it.
 *
 * @module
 */
import type { SinkConfig } from "../config.ts";
import type { Sink } from "./sink.ts";

/** Makes a sink; throws Refusal where a file that it needs can't be read. */
export async function openSink(config: SinkConfig): Promise<Sink> {
  switch (config.type) {
    case "webhook":
      return (await import("./webhook.ts")).webhook(config);
    case "slack":
      return (await import("./slack.ts")).slack(config);
    case "email":
      return (await import("./email.ts")).email(config);
  }
}
