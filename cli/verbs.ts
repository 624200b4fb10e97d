/**
 * The verbs of the command line. Each is loaded when it is called, so that none pays for another.
 *
 * @module
 */
import type { VerbEntry } from "./verb.ts";

/**
 * The code of a verb. Deno reads what it finds behind a plain `import("…")` at every start, here the
 * code of all verbs: 3 MB.
 */
const from = <M>(file: string): Promise<M> => import(new URL(file, import.meta.url).href);

/** All verbs by name. */
export const verbs: Readonly<Record<string, VerbEntry>> = {
  serve: {
    summary: "run the service: durable jobs over HTTP on an elastic pool",
    load: async () => (await from<typeof import("./serve.ts")>("./serve.ts")).serve,
  },
  map: {
    summary: "run one command per line of stdin, as many at once as is good",
    load: async () => (await from<typeof import("./map.ts")>("./map.ts")).map,
  },
  run: {
    summary: "run one task here and print its output",
    load: async () => (await from<typeof import("./run.ts")>("./run.ts")).run,
  },
  submit: {
    summary: "hand a job (task, command, shell text, staged run) to a running service",
    load: async () => (await from<typeof import("./submit.ts")>("./submit.ts")).submit,
  },
  status: {
    summary: "how a running service is doing",
    load: async () => (await from<typeof import("./status.ts")>("./status.ts")).status,
  },
  top: {
    summary: "a running service, live, on the whole screen",
    load: async () => (await from<typeof import("./top.ts")>("./top.ts")).top,
  },
  job: {
    summary: "one job of a running service",
    load: async () => (await from<typeof import("./job.ts")>("./job.ts")).job,
  },
  jobs: {
    summary: "list jobs of a running service, open and ended",
    load: async () => (await from<typeof import("./jobs.ts")>("./jobs.ts")).jobs,
  },
  dead: {
    summary: "jobs of a running service that have used up their attempts",
    load: async () => (await from<typeof import("./dead.ts")>("./dead.ts")).dead,
  },
  cancel: {
    summary: "end jobs that have not ended",
    load: async () => (await from<typeof import("./cancel.ts")>("./cancel.ts")).cancel,
  },
  retry: {
    summary: "put jobs that have ended, and are not done, back into the queue",
    load: async () => (await from<typeof import("./retry.ts")>("./retry.ts")).retry,
  },
  workflow: {
    summary: "show the steps of a workflow and what took it so long, or cancel it",
    load: async () => (await from<typeof import("./workflow.ts")>("./workflow.ts")).workflow,
  },
  schedules: {
    summary: "jobs that a running service makes again and again",
    load: async () => (await from<typeof import("./schedules.ts")>("./schedules.ts")).schedules,
  },
  alerts: {
    summary: "what is wrong with a running service, and who was told",
    load: async () => (await from<typeof import("./alerts.ts")>("./alerts.ts")).alerts,
  },
  pool: {
    summary: "the pools of a running service, and the operator's word on one",
    load: async () => (await from<typeof import("./pool.ts")>("./pool.ts")).pool,
  },
  why: {
    summary: "why a job waits, or why the pool has its size",
    load: async () => (await from<typeof import("./why.ts")>("./why.ts")).why,
  },
  trace: {
    summary: "what the time of a job went into",
    load: async () => (await from<typeof import("./trace.ts")>("./trace.ts")).trace,
  },
  diagnose: {
    summary: "what stands in the way of jobs, with numbers and what helps",
    load: async () => (await from<typeof import("./diagnose.ts")>("./diagnose.ts")).diagnose,
  },
  capacity: {
    summary: "what machine and service can take, what operations need, when that is too much",
    load: async () => (await from<typeof import("./capacity.ts")>("./capacity.ts")).capacity,
  },
  machines: {
    summary: "list or export the statecharts, or show what their states together allow",
    load: async () => (await from<typeof import("./machines.ts")>("./machines.ts")).machines,
  },
  logs: {
    summary: "lines of a service's log, by job, project, operation, level or time",
    load: async () => (await from<typeof import("./logs.ts")>("./logs.ts")).logs,
  },
  audit: {
    summary: "what became worse, and what better, since a period before",
    load: async () => (await from<typeof import("./audit.ts")>("./audit.ts")).audit,
  },
  report: {
    summary: "how a running service did, on one page: what went well, what did not, what to do",
    load: async () => (await from<typeof import("./report.ts")>("./report.ts")).report,
  },
  simulate: {
    summary: "what policies would have made of recorded or made-up jobs, and what it costs",
    load: async () => (await from<typeof import("./simulate.ts")>("./simulate.ts")).simulate,
  },
  doctor: {
    summary: "what this machine lets us do, and what is missing",
    load: async () => (await from<typeof import("./doctor.ts")>("./doctor.ts")).doctor,
  },
  token: {
    summary: "make a token with roles for a service, or list those that there are",
    load: async () => (await from<typeof import("./token.ts")>("./token.ts")).token,
  },
  config: {
    summary: "check, show, describe or set the configuration",
    load: async () => (await from<typeof import("./config.ts")>("./config.ts")).config,
  },
  completions: {
    summary: "a script that lets bash, zsh or fish complete verbs and options",
    load: async () =>
      (await from<typeof import("./completions.ts")>("./completions.ts")).completions,
  },
};
