/**
 * The page about scaling policies, written from their list.
 *
 * @module
 */
import { type DocsRow, docsRows } from "../policies/choice.ts";
import { scalingPolicies } from "../policies/scaling/mod.ts";

/** When to take a policy, and when not: the one thing that a schema can't say. */
const advice: Readonly<Record<string, readonly [good: string, fails: string]>> = {
  governor: [
    "Nearly everything: workers that start in tens of milliseconds, jobs of any kind.",
    "Workers that take longer to start than a job may wait: lay `spares` ready, or add `schedule` or `forecast`.",
  ],
  classic: [
    "Scans of files whose threads mostly wait; a pool that must behave as its predecessor did.",
    "It asks for high CPU to shrink, so it stays large for work that waits, and it adds workers to a full CPU (`guardCpu`).",
  ],
  plan: [
    "Load that changes over hours, where every change has to be foreseeable.",
    "One worker in ten minutes is too slow for any rush, and it never shrinks by itself.",
  ],
  fixed: [
    "A known load, and comparing others with it.",
    "Any load that changes.",
  ],
  external: [
    "A queue that lies elsewhere, such as a topic whose lag you register as a metric.",
    "A metric that the pool does not change: then it is a size and no control.",
  ],
  target: [
    "Who knows the HorizontalPodAutoscaler and wants its numbers: tolerance, windows, limits of change.",
    "Rushes: a share of busy workers can't exceed 1, so it grows by at most 1 / target a step, each 15 s. `cpuRatio` grows the pool when the host is busy, which on one machine makes it busier.",
  ],
  concurrency: [
    "Jobs of seconds that come in waves, as requests to a function do.",
    "Slow starts: a rush that outlasts them asks for more and more. Work for the CPU: jobs at once grow with the pool.",
  ],
  erlang: [
    "A steady stream of independent jobs, and starts of seconds or more.",
    "It does not see what has piled up, and knows nothing before jobs have ended.",
  ],
  slo: [
    "An objective for the wait, and the word `infeasible` where no pool that fits can keep it.",
    "Streams that change faster than some job times.",
  ],
  onDemand: [
    "Short rushes of jobs that wait for others, where nothing else limits the pool.",
    "Work for the CPU: it starts a worker for each job that waits, and they take the cores from each other.",
  ],
  explore: [
    "A constant backlog whose best size nobody knows, such as a crawl or a migration.",
    "Jobs that come by themselves: then a size gets done what comes, and tells nothing. Very uneven jobs need longer windows.",
  ],
  gradient: [
    "Jobs that call something that slows down when asked too much.",
    "Jobs whose times differ for reasons of their own: limit those by key instead.",
  ],
  aimd: [
    "Jobs that call something that refuses or times out when asked too much.",
    "What slows down without ever failing: take `gradient`.",
  ],
  resource: [
    "A machine that others use too, whose CPU and memory you want to leave room in.",
    "Work that uses neither: it never limits. It has no differential part: the CPU of a second is so uneven that its slope is noise, and without it a step is overshot by less than a tenth.",
  ],
  forecast: [
    "Jobs that come at the same times each day or week, and workers that start slowly.",
    "Anything else; there it stays silent. Horizons of seconds: nothing beats looking.",
  ],
  schedule: [
    "Hours that you know: an office, a nightly import.",
    "Anything that is not in the calendar.",
  ],
  select: [
    "Loads of different kinds by turns, hours each, and starts of seconds, where no one policy is best for all.",
    "Loads that turn within two reviews: it follows what was best before. Each review takes a second of CPU or less for each policy.",
  ],
};

const written = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 40 ? "see below" : `\`${text}\``;
};

/** A policy with its options. */
function section({ name, help, options }: DocsRow): string {
  const [good, fails] = advice[name]!;
  const rows = options.map((option) =>
    `| \`${option.name}\` | ${written(option.default)} | ${option.help} |`
  );
  const long = options.filter((option) => JSON.stringify(option.default).length > 40)
    .map((option) => `\`${option.name}\` is by default \`${JSON.stringify(option.default)}\`.`);
  return [
    `### ${name}`,
    help,
    `**Good for:** ${good}\\\n**Fails:** ${fails}`,
    ...(rows.length === 0 ? [] : [
      ["| option | default | meaning |", "| --- | --- | --- |", ...rows].join("\n"),
    ]),
    ...long,
  ].join("\n\n");
}

/** Names without advice, and advice without a policy. */
export const unadvised: readonly string[] = [
  ...scalingPolicies.map(({ name }) => name).filter((name) => !(name in advice)),
  ...Object.keys(advice).filter((name) => !scalingPolicies.some((policy) => policy.name === name)),
];

const introduction = `# Scaling policies

A policy says how many workers a pool should have, and why. It is asked several times a second, is
shown a reading of pool and machine, and answers with a floor, a cap, when to start a worker for
jobs that wait, and how long idle ones stay. This page is written from the list in
\`policies/scaling/mod.ts\` by \`UPDATE=1 deno test -A tests/policies_page_test.ts\`; a test fails when
the two differ.

\`\`\`yaml
pools:
  default:
    policy: { name: governor, keepAliveMs: 5s }
    policies:
      - name: schedule
        timeZone: Europe/Berlin
        windows: [{ days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", min: 4 }]
      - { name: aimd, lossRatio: 2% }
\`\`\`

\`policy\` and \`policies\` change while the service runs; a policy whose options stay keeps what it
knows.

## Several policies

All that are named have a say, each at its own rhythm:

- who says exactly how many (floor = cap) names a **size**: of several the largest holds;
- a **floor** raises a size;
- a **limit** (a cap above the floor, jobs at once) lowers all of them: the smallest holds. Only a
  precaution, as that of \`governor\` while no job has shown yet what it wants of a core, gives way to
  a floor;
- workers are started for waiting jobs as soon as the most eager one wants it, and idle ones stay as
  long as the most patient one wants it.

Sizes are named by \`fixed\`, \`classic\`, \`plan\`, \`external\`, \`target\`, \`concurrency\`, \`erlang\`, \`slo\`
and \`explore\`; floors by \`schedule\` and \`forecast\`; limits by \`gradient\`, \`aimd\`, \`resource\` and
\`schedule\`; \`governor\` and \`onDemand\` start workers for jobs under a cap. A limit alone starts workers
one by one, for a queue that lasts. Above all of them stand the bounds of the pool (\`workers.min\`,
\`workers.max\`), the machine's memory, and the operator.

While the host can't be seen, or a reading can't be (a count that is no number), all hold what they
said last. One that throws holds the size too, and is left alone for a while.
`;

const ownPolicy = `## A policy of your own

is one file, outside of Flyball, that exports it. It is named by its path, from where the service was
started, and by its name; the options are its own, beside those two:

\`\`\`yaml
pools:
  default:
    policy: { module: ./per_queue.ts, name: perQueue, perWorkerJobs: 5 }
\`\`\`

[\`examples/policy/per_queue.ts\`](../examples/policy/per_queue.ts) is a whole one. A policy is pure: time
comes with the reading (\`nowMs\`, \`wallMs\`), what it remembers is plain data that it returns, and
there is no chance. A module that can't be used is named with the reason before anything starts (exit
code 78). It runs with the rights of the service.

\`checkScalingPolicy\` tries a policy on hundreds of readings and tells what it does not keep of what
policies promise; [\`@flyball/flyball/testing\`](simulate.md) simulates a pool with it.

\`\`\`ts
import { checkScalingPolicy } from "@flyball/flyball";
import perQueue from "../examples/policy/per_queue.ts";

const problems = checkScalingPolicy(perQueue);
if (problems.length > 0) throw new Error(problems.join("\\n"));
\`\`\`
`;

const frozenPart = `\
## Frozen

\`tuning: { frozen: true }\` stops everything that looks for a size or a limit by trying, in all pools and
while the service runs: \`explore\`, \`gradient\`, \`aimd\`, \`resource\` and the trials of \`growth.mustGain\` stay
with what they said last, to the number, until it is false again. What only measures (demand, run times,
footprints) goes on, and so do policies that follow a rule.`;

/** The text of `docs/policies.md`. */
export function policiesPage(): string {
  const sections = docsRows(scalingPolicies).map(section);
  return [introduction.trimEnd(), frozenPart, "## All policies", ...sections, ownPolicy].join(
    "\n\n",
  );
}
