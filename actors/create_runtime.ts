/**
 * Makes a runtime of this process: opens store and host, registers tasks, starts the actors.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { alertsOf } from "./alerts/alerts_of.ts";
import type { Budget } from "./budget.ts";
import { budgetOf } from "./budget_of.ts";
import { composeConfig, type Config } from "./config.ts";
import { doorsOf } from "./doors_of.ts";
import type { Estate } from "./estate.ts";
import { councilOf, estatePlans, seatsOf } from "./estate_plans.ts";
import { configDesk, heedAll, intakeOptions } from "./heeders.ts";
import { type Ground, openGround } from "./ground.ts";
import { hooked } from "./hooked.ts";
import { Inspection } from "./inspection.ts";
import { Intake } from "./intake.ts";
import { jobId, jobNumber } from "./job.ts";
import { Keys } from "./keys.ts";
import { OperationLimits } from "./limits/operation_limits.ts";
import { LocalRuntime } from "./local_runtime.ts";
import type { Operation } from "./operation.ts";
import { Orders } from "./orders.ts";
import { asCaller } from "./place.ts";
import { Pools } from "./pools.ts";
import { Profiles } from "./profiles.ts";
import type { Ports } from "./ports.ts";
import { register } from "./register.ts";
import { restore } from "./restore.ts";
import type { MapOptions, RunOptions, Runtime } from "./runtime.ts";
import { checkOptions, type RuntimeOptions } from "./runtime_options.ts";
import { routings } from "./routings.ts";
import { ScheduleDesk } from "./schedules/desk.ts";
import { stageOrders } from "./stage_order.ts";
import { System } from "./system.ts";
import type { InputOf, OutputOf, Tasks } from "./task_file.ts";
import { metered } from "./tracing/metered.ts";
import { isTraced } from "./tracing/port.ts";
import { version } from "./version.ts";
import { until } from "./until.ts";
import { graceMs } from "./vigil.ts";

/** A runtime that knows what its tasks take and give. */
export type RuntimeOf<T extends Tasks> = Omit<Runtime, "run" | "map"> & {
  /** Runs one task and returns its output; rejects with JobError or Refusal. */
  run<N extends keyof T & string>(
    task: N,
    input?: InputOf<T[N]>,
    options?: RunOptions,
  ): Promise<OutputOf<T[N]>>;
  /** Runs a task for each item with a bounded window. */
  map<N extends keyof T & string>(
    task: N,
    items: Iterable<InputOf<T[N]>> | AsyncIterable<InputOf<T[N]>>,
    options?: MapOptions & { readonly settle?: false },
  ): AsyncIterableIterator<OutputOf<T[N]>>;
  /** Runs a task for each item and yields how each ended. */
  map<N extends keyof T & string>(
    task: N,
    items: Iterable<InputOf<T[N]>> | AsyncIterable<InputOf<T[N]>>,
    options: MapOptions & { readonly settle: true },
  ): AsyncIterableIterator<Outcome>;
};

/** Longest time that is waited for the first workers, ms; without them the runtime starts too. */
const firstWorkersMs = 5_000;
/** Time that running jobs have at a close, ms. */
const drainMs = 25_000;

/**
 * Makes a runtime. Rejects with Refusal when the configuration, a task's file or the data directory
 * can't be used; then nothing is left open.
 */
export async function createRuntime<T extends Tasks = Tasks>(
  options: RuntimeOptions<T> = {},
): Promise<RuntimeOf<T>> {
  checkOptions(options);
  const config = composeConfig([{ name: "options", values: options.config ?? {} }]);
  return await runtimeOn(await openGround(options, config), options, config);
}

/** Makes a runtime of `options`, which came to `config`, on a ground that was opened for them. */
export async function runtimeOn<T extends Tasks = Tasks>(
  ground: Ground,
  options: RuntimeOptions<T>,
  config: Config,
): Promise<RuntimeOf<T>> {
  try {
    return await assemble(options, config, ground) as unknown as RuntimeOf<T>;
  } catch (error) {
    await ground.close();
    await ground.ports.store.close();
    throw error;
  }
}

async function assemble(
  { tasks = {}, data, hooks }: RuntimeOptions,
  config: Config,
  ground: Ground,
): Promise<Runtime> {
  const { ports } = ground;
  const { slots } = config.pools.default;
  const ours = await register(tasks, ports, slots.max, doorsOf(config, data, tasks));
  const operations = await withPrograms(ours, config, ports);
  const limits = new OperationLimits(config.operations, ports.trees);
  const pools = new Pools(Object.keys(config.pools), config.operations, new Profiles(config));
  const orders = new Orders(operations, slots.commands, graceMs, limits, pools);
  const intake = new Intake(orders, intakeOptions(config), ports.clock.wallMs);
  const keys = new Keys(ports.clock.wallMs);
  const schedules: ScheduleDesk = deskOf(ports, intake, () => ({ system, runtime }));
  await schedules.check(config.schedules);
  const inspection = new Inspection();
  const seated = await seatsOf(config);
  const routed = await routings(config);
  const budget: Budget | null = await budgetOf(config, ports, () => system);
  const council = (pool: string) => councilOf(pool, config, seated, ports.host.read(), budget);
  const gaveUp = Promise.withResolvers<string>();
  const system: System = new System(ports, {
    pools: estatePlans(config, operations, pools, council, routed),
    budget,
    limits: config.queue,
    sampleMs: config.sampler.everyMs,
    ...memoryOf(config),
    runs: {
      workspaces: ground.workspaces,
      orderOf: stageOrders(orders, () => intake.options.defaults),
    },
    inspect: (event) => inspection.take(event),
    tracing: isTraced()
      ? (await import("./tracing/tracing.ts")).openTracing(ports, config.tracing.jobsRatio)
      : null,
    gaveUp: gaveUp.resolve,
    operations,
  });
  heedAll(config, system);
  const parts = { limits, intake, schedules, alerts: await alertsOf(system, config.alerts) };
  const runtime: LocalRuntime = new LocalRuntime({
    ...parts,
    system,
    config: configDesk(config, system, { seated, routed, pools, ...parts }),
    orders,
    keys,
    ...{ inspection, data },
    server: config.server,
    place: asCaller(ground.directory),
    release() {
      unmeter();
      unhook();
      return ports.store.close().then(() => ground.close());
    },
    gaveUp: gaveUp.promise,
    version,
    drainMs,
  });
  const unmeter = await metered(system, () => runtime.status());
  const known = await restore(system, intake, keys);
  await schedules.start(known.schedules, config.schedules);
  system.start(known.actors);
  await parts.alerts.start(known.actors.get("alerts"));
  await firstWorkers(system);
  ground.settled();
  system.journal.note({ type: "opened", epoch: ports.store.epoch, version });
  const unhook = await hooked(system, { hooks, ...config.hooks });
  return runtime;
}

/** All tasks: `ours`, and those of worker programs. */
async function withPrograms(
  ours: readonly Operation[],
  { programs, pools }: Config,
  ports: Ports,
): Promise<readonly Operation[]> {
  if (Object.keys(programs).length === 0) return ours;
  const { registerPrograms } = await import("./programs.ts");
  return await registerPrograms(programs, ours, ports, pools.default.slots.max);
}

/** The first job should not have to wait for a worker that is wanted anyway. */
function firstWorkers({ estates, ports: { clock } }: System): Promise<unknown> {
  const isReady = ({ pool }: Estate) =>
    pool.links.filter(({ open }) => open).length >= pool.envelope.floor;
  const areReady = () => estates.values().every(isReady);
  return until(clock, clock.nowMs() + firstWorkersMs, areReady);
}

/** The desk of schedules; `made` has what is made after it. */
function deskOf(
  { clock, store }: Ports,
  intake: Intake,
  made: () => { readonly system: System; readonly runtime: Runtime },
): ScheduleDesk {
  return new ScheduleDesk({
    clock,
    store,
    submit: (spec) => {
      const { system: { queue }, runtime } = made();
      const next = queue.nextId;
      const accepted = runtime.submit(spec);
      return { id: queue.nextId === next ? null : jobId(next), accepted };
    },
    check: (spec) => void intake.order(spec),
    isOpen: (id) => made().system.queue.open.get(jobNumber(id)!) !== undefined,
    note: (fact) => made().system.journal.note(fact),
  });
}

/** Bounds of memory: of all commands together, of each worker. */
function memoryOf({ pools }: Config) {
  const { memoryBytes, workerBytes } = pools.default;
  return { memoryBytes, workerBytes };
}
