/**
 * `flyball diagnose`: what stands in the way of the jobs of a running service.
 *
 * @module
 */
import type { Cause, Diagnosis, Fix, Wait } from "../messages/diagnosis.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** Reading what is kept of a week may take its time, ms. */
const readMs = 20_000;

/** The verb `diagnose`. */
export const diagnose: Verb = {
  declare: (command) => declareReach(command).option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const path = "/api/v1/diagnosis";
    const found = await control.ask({ method: "GET", path, waitMs: readMs }) as Diagnosis;
    console.log(flags.json ? JSON.stringify(found) : diagnosisText(found));
    return exit.ok;
  },
};

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
  ];
}

function fixText({ key, value, because }: Fix): string {
  if (key === null) return because;
  return value === null ? `${key}: ${because}` : `${key} = ${value}: ${because}`;
}

const waitText = ({ gate, priority, jobs }: Wait) => `${jobs} ${priority} for ${gate}`;
