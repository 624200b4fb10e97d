/**
 * `flyball diagnose`: what stands in the way of the jobs of a running service.
 *
 * @module
 */
import type { Cause, Diagnosis, Fix, FixEffect, Wait } from "../messages/diagnosis.ts";
import { oneLine } from "./complain.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { duration } from "./numbers.ts";
import { time } from "./simulate_text.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly simulate?: number | true;
  readonly json?: boolean;
}

/** Reading what is kept of a week may take its time, ms. */
const readMs = 20_000;
/** How much of what came is simulated where nothing is said, ms. */
const simulatedMs = 600_000;
/** The simulator is loaded for those who ask for it. */
const effects = new URL("./effects.ts", import.meta.url).href;

/** The verb `diagnose`. */
export const diagnose: Verb = {
  declare: (command) =>
    declareReach(command)
      .option(
        "--simulate [range]",
        "what fixes would have changed for the jobs of the last 10m",
        duration,
      )
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const path = "/api/v1/diagnosis";
    const found = await simulated(
      await control.ask({ method: "GET", path, waitMs: readMs }) as Diagnosis,
      control,
      flags.simulate,
    );
    console.log(flags.json ? JSON.stringify(found) : diagnosisText(found));
    return exit.ok;
  },
};

/** With what its fixes would have changed, where that is asked for. */
async function simulated(
  found: Diagnosis,
  control: Control,
  range: Flags["simulate"],
): Promise<Diagnosis> {
  if (range === undefined) return found;
  const { withEffects } = await import(effects) as typeof import("./effects.ts");
  return await withEffects(found, control, range === true ? simulatedMs : range);
}

/** A diagnosis for people: the verdict, each cause with what speaks for it and what helps, the waits. */
export function diagnosisText({ verdict, causes, sight }: Diagnosis): string {
  const { pool, waits } = sight;
  return [
    oneLine(verdict),
    ...causes.flatMap(causeLines),
    ...(waits.length > 0 ? [`waiting: ${waits.map(waitText).join(", ")}`] : []),
    `workers: ${pool.ready - pool.idle} busy, ${pool.idle} idle, ${pool.starting} starting, ` +
    `at most ${pool.cap} · ${pool.running} ${pool.running === 1 ? "job runs" : "jobs run"}`,
  ].join("\n");
}

function causeLines({ name, score, because, evidence, fix }: Cause, i: number): string[] {
  return [
    `${i + 1}. ${name} (${score.toFixed(2)}): ${oneLine(because)}`,
    ...evidence.map(({ says }) => `   - ${oneLine(says)}`),
    `   > ${oneLine(fixText(fix))}`,
    ...(fix.effect ? [`   = ${effectText(fix.effect)}`] : []),
    ...(fix.unsimulated ? [`   = not simulated: ${fix.unsimulated}`] : []),
  ];
}

function fixText({ key, value, because }: Fix): string {
  if (key === null) return because;
  return value === null ? `${key}: ${because}` : `${key} = ${value}: ${because}`;
}

function effectText({ jobs, spanS, before, after, refused }: FixEffect): string {
  const waits = `95 % wait ${time(after.waitP95Ms)} at most instead of ${time(before.waitP95Ms)}`;
  const [less, more] = [before, after].map(({ workerSeconds }) => time(1_000 * workerSeconds));
  const came = `${jobs} ${jobs === 1 ? "job" : "jobs"} of the last ${time(1_000 * spanS)}`;
  const left = refused === undefined ? "" : `${refused} of them are refused, of the others `;
  return `simulated with the ${came}: ${left}${waits}, workers live ${more} instead of ${less}`;
}

const waitText = ({ gate, priority, jobs }: Wait) => `${jobs} ${priority} for ${gate}`;
