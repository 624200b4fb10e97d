/**
 * Bodies that the API takes, as schemas.
 *
 * @module
 */
import { z } from "zod/mini";
import { jobSchema, standingSchema } from "../../messages/schemas/job.ts";
import { limitsSchema } from "../../messages/schemas/limits.ts";
import { scheduleName, scheduleSchema } from "../../messages/schemas/schedule.ts";
import { workersMax } from "../pools.ts";

const size = z.int().check(z.minimum(0), z.maximum(workersMax));
const setting = z.record(z.string(), z.unknown());
const until = { for: z.exactOptional(z.string()) };

/** All bodies by name. */
export const bodies = {
  Simulation: z.record(z.string(), z.unknown()).check(z.describe("docs/simulate.md describes it.")),
  ConfigPatch: z.record(z.string(), z.unknown()),
  Job: jobSchema,
  JobPatch: z.union([z.strictObject({ limits: limitsSchema }), standingSchema]),
  PoolPatch: z.union([
    z.strictObject({ workers: size, ...until }),
    z.strictObject({ pinned: z.union([size, z.literal(false)]), ...until }),
    z.strictObject({ paused: z.union([z.boolean(), z.enum(["in", "out", "both"])]), ...until }),
    z.strictObject({ drained: z.boolean(), ...until }),
    z.strictObject({
      slots: z.exactOptional(setting),
      policy: z.exactOptional(setting),
      policies: z.exactOptional(z.array(setting)),
    }).check(z.describe("As the configuration has it below pools.NAME.")),
  ]),
  NewSchedule: z.extend(scheduleSchema, { name: z.string().check(z.regex(scheduleName)) }),
  SchedulePatch: z.strictObject({ paused: z.boolean() }),
};

const job = { $ref: "#/components/schemas/Job" };

/** Their JSON schemas, as they have to come; `said` describes the fields of a job. */
export function bodySchemas(
  said: Readonly<Record<string, { readonly description?: string }>>,
): Readonly<Record<string, unknown>> {
  const all = Object.entries(bodies).map(([name, schema]) => {
    const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    return [name, json] as const;
  });
  const byName = Object.fromEntries(all);
  for (const [name, field] of Object.entries(byName["Job"]!.properties ?? {})) {
    const description = said[name]?.description;
    if (description && typeof field === "object") Object.assign(field, { description });
  }
  const jobs = { type: "array", items: job, minItems: 1 };
  const several = {
    type: "object",
    properties: { jobs },
    required: ["jobs"],
    additionalProperties: false,
  };
  return { ...byName, Jobs: { anyOf: [job, several] } };
}
