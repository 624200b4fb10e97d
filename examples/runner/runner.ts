/**
 * Takes projects through their stages, with a runtime, a provider and a repository of its own, and
 * tells what came of it.
 *
 * @module
 */
import {
  type ConfigInput,
  createRuntime,
  type Fact,
  type JobView,
  type Runtime,
  taskFile,
} from "@flyball/flyball";
import { parse } from "yaml";
import { type Check, compareNumbers, keepPromises } from "./checks.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { jobsOf, stages, type Surroundings } from "./jobs.ts";
import { type PlanOptions, planRuns, type Run } from "./plan.ts";
import { Provider, type ProviderRates } from "./provider.ts";
import { makeSite } from "./site.ts";
import { endedIn, type Tally, tallyOf } from "./tally.ts";

/** Longest time that is waited for a job, ms. */
const patienceMs = 30 * 60_000;
/** Longest time until all that ended has been told, ms. */
const toldMs = 10_000;

/** What is run. */
export interface RunnerOptions extends PlanOptions {
  /** Other rates than those of `flyball.yaml`, for the provider and for us. */
  readonly rates?: ProviderRates;
  /** What a token of an answer takes, ms. Default 2. */
  readonly msPerToken?: number;
  /** What a slow answer takes, ms. Default 24 s: more than 75 % of what its stage should take. */
  readonly slowMs?: number;
  /** Whether types are checked before tests run, which takes a core a second. Default true. */
  readonly checks?: boolean;
}

/** Who is told what happens, and who may end it before its time. */
export interface Audience {
  /** Hears each fact with the time since the begin, ms. */
  readonly told?: (fact: Fact, nowMs: number) => void;
  /** Ends everything; what is under way is given no time. */
  readonly signal?: AbortSignal;
}

/** What came of it. */
export interface Finished {
  readonly figures: Figures;
  readonly tally: Tally;
  readonly checks: readonly Check[];
}

/** Runs all projects; rejects with the reason of the signal when it is ended before. */
export async function runProjects(
  options: RunnerOptions,
  { told = () => {}, signal }: Audience = {},
): Promise<Finished> {
  const { rates, msPerToken = 2, slowMs = 24_000, checks: areChecked = true, seed } = options;
  const runs = planRuns(options);
  const config = await configOf(rates);
  using site = makeSite();
  await using provider = new Provider({ rates: config.rates, runs, msPerToken, slowMs, seed });
  await using runtime = await createRuntime({
    // Our own code, so it needs no sandbox. What it brings has no permission at all where it is run.
    tasks: {
      implement: taskFile<typeof import("./tasks/implement.ts")>(
        new URL("tasks/implement.ts", import.meta.url),
        { trusted: true },
      ),
    },
    data: `${site.root}/data`,
    config: config.input,
  });
  const on = { site, providerUrl: provider.url, checks: areChecked };
  const interrupted = new Promise<never>((_, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason))
  );
  const followed = await Promise.race([follow(runtime, runs, on, told), interrupted])
    .catch(async (error) => {
      await runtime.close({ drainMs: 0 });
      throw error;
    });
  const { views, correlated } = followed;
  const tally = tallyOf({ runs, views, site, ledger: provider.ledger, correlated });
  const figures = await figuresOf(runtime);
  const checks = [...compareNumbers(tally, figures), ...keepPromises(tally, figures)];
  return { figures, tally, checks };
}

/** The configuration, with other rates where they are given. */
async function configOf(
  rates: ProviderRates | undefined,
): Promise<{ readonly input: ConfigInput; readonly rates: ProviderRates }> {
  const input = parse(await Deno.readTextFile(new URL("flyball.yaml", import.meta.url)));
  const limit = input.limits["provider:llm"];
  limit.rates = rates ?? limit.rates;
  return { input, rates: limit.rates };
}

/** Hands everything in, and comes back when all has ended and all of that was told. */
async function follow(
  runtime: Pick<Runtime, "facts" | "submitAll" | "wait">,
  runs: readonly Run[],
  on: Surroundings,
  told: (fact: Fact, nowMs: number) => void,
): Promise<{ readonly views: readonly JobView[]; readonly correlated: number }> {
  for (const { id, fault } of runs) {
    if (fault === "gone" || fault === "killed") on.site.arm(fault, id);
  }
  const startMs = performance.now();
  const late = new AbortController();
  let correlated = 0;
  const listening = (async () => {
    for await (const stamped of runtime.facts({ signal: late.signal })) {
      if (!("fact" in stamped)) continue;
      told(stamped.fact, performance.now() - startMs);
      correlated += endedIn(stamped.fact).length;
      if (correlated === stages.length * runs.length) return;
    }
  })();
  const jobs = runs.flatMap((run, i) => {
    const before = run.round === 1 ? undefined : runs[i - 1];
    return jobsOf(run, before, on);
  });
  const accepted = await runtime.submitAll(jobs);
  const views = await Promise.all(accepted.map(({ id }) => runtime.wait(id, patienceMs)));
  const timer = setTimeout(() => late.abort(), toldMs);
  await listening;
  clearTimeout(timer);
  const open = views.find((view) => view?.outcome === undefined);
  if (open !== undefined) throw new Error(`A job has not ended: ${JSON.stringify(open)}`);
  return { views: views as readonly JobView[], correlated };
}
