/**
 * Schedules as the configuration has them.
 *
 * @module
 */
import type { ScheduleSpec } from "../../messages/schedule.ts";
import { invalidConfig } from "../config.ts";
import { type Issue, Refusal } from "../runtime.ts";

/** Reads all of them; throws Refusal `invalid_config` with whatever is wrong, by its path. */
export function readConfigured(
  configured: Readonly<Record<string, unknown>>,
  read: (value: unknown) => ScheduleSpec,
): ReadonlyMap<string, ScheduleSpec> {
  const issues: Issue[] = [];
  const specs = new Map<string, ScheduleSpec>();
  for (const [name, value] of Object.entries(configured)) {
    try {
      specs.set(name, read(value));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const found = error.issues.length > 0
        ? error.issues
        : [{ pointer: "", message: error.message, expected: "a schedule" }];
      for (const issue of found) issues.push(inConfiguration(name, issue));
    }
  }
  if (issues.length > 0) throw invalidConfig(issues);
  return specs;
}

/** A flaw of a schedule by its path in the configuration. */
function inConfiguration(name: string, { pointer, message, ...rest }: Issue): Issue {
  const words = message.startsWith(pointer) ? message.slice(pointer.length).trim() : message;
  return {
    ...rest,
    pointer: `/schedules/${name}${pointer}`,
    message: `schedules.${name}${pointer.replaceAll("/", ".")}: ${words}`,
  };
}
