/**
 * From a run to its jobs: three stages that wait for each other.
 *
 * @module
 */
import type { JobSpec } from "@flyball/flyball";
import { promptOf } from "./features.ts";
import type { Site } from "./site.ts";
import type { Run } from "./plan.ts";

/** The stages in their order, each counted as the operation of its name. */
export const stages = ["prep", "implement", "verify"] as const;

/** One of them. */
export type Stage = typeof stages[number];

/** Tokens that an answer may have at most. */
const answerTokensMax = 1_000;

/** Characters that a token is thought to have, as providers' rule of thumb says. */
export const charsPerToken = 4;

/** How a stage of a run is called. */
export const stepOf = (run: Run, stage: Stage): string => `${run.id}.${stage}`;

/** What jobs of all runs need. */
export interface Surroundings {
  /** Where the repositories and the programs are. */
  readonly site: Site;
  /** Where the provider is asked. */
  readonly providerUrl: string;
  /** Whether types are checked before tests run. */
  readonly checks: boolean;
}

/** The jobs of a run. Those of a project come one after another: they share a checkout. */
export function jobsOf(run: Run, before: Run | undefined, on: Surroundings): readonly JobSpec[] {
  const { site, providerUrl, checks } = on;
  const checkout = site.checkoutOf(run.project);
  const prompt = promptOf(run.feature);
  const branch = `run/${run.id}`;
  const env = { RUN: run.id };
  const job = (stage: Stage, spec: JobSpec): JobSpec => ({
    ...spec,
    operation: stage,
    projectId: run.project,
    executionId: run.id,
    taskId: stepOf(run, stage),
    correlationId: run.id,
    traceparent: run.traceparent,
  });
  return [
    job("prep", {
      command: ["sh", script("prep.sh"), site.originUrl, checkout, branch, site.uploadPack],
      env,
      timeoutMs: 10_000,
      ...(before && { after: [{ id: stepOf(before, "verify"), onFailure: "run" }] }),
    }),
    job("implement", {
      task: "implement",
      input: {
        url: providerUrl,
        prompt,
        tokensMax: answerTokensMax,
        path: `${checkout}/src/${run.feature.name}.ts`,
      },
      keys: ["provider:llm"],
      units: { tokens: Math.ceil(prompt.length / charsPerToken) + answerTokensMax },
      after: [stepOf(run, "prep")],
    }),
    job("verify", {
      command: [
        ...["sh", script("verify.sh"), checkout, run.feature.name, branch, site.deno],
        ...checks ? [] : ["--no-check"],
      ],
      env,
      timeoutMs: 60_000,
      after: [stepOf(run, "implement")],
    }),
  ];
}

const script = (name: string): string => new URL(`stages/${name}`, import.meta.url).pathname;
