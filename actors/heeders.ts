/**
 * Who in a running system heeds which part of the configuration.
 *
 * @module
 */
import type { ControlFact } from "../messages/facts.ts";
import type { Alerts } from "./alerts/alerts.ts";
import { allow } from "./allow.ts";
import { rebudget } from "./budget_of.ts";
import type { Config } from "./config.ts";
import { ConfigDesk, type Heeder } from "./config_desk.ts";
import { councilOf, seatsOf } from "./estate_plans.ts";
import type { Intake, IntakeOptions } from "./intake.ts";
import type { OperationLimits } from "./limits/operation_limits.ts";
import { relimitAll } from "./limits/relimit.ts";
import { placeIn } from "./place.ts";
import type { Pools } from "./pools.ts";
import { type Routings, routings } from "./routings.ts";
import type { ScheduleDesk } from "./schedules/desk.ts";
import type { Seats } from "./seats.ts";
import type { System } from "./system.ts";
import { Rules } from "./turns/rule.ts";

/** Those who are no part of the system itself. */
export interface Staff {
  /** Who decides, by pool. */
  readonly seated: ReadonlyMap<string, Seats>;
  /** Which of their workers get jobs. */
  readonly routed: Routings;
  /** Which pool a job goes to. */
  readonly pools: Pools;
  readonly limits: OperationLimits;
  readonly intake: Intake;
  readonly schedules: ScheduleDesk;
  readonly alerts: Alerts;
}

/** The desk of a running system, where `config` is in force. */
export function configDesk(config: Config, system: System, staff: Staff): ConfigDesk {
  const { clock, store: { epoch } } = system.ports;
  const note = (fact: ControlFact) => system.journal.note(fact);
  return new ConfigDesk(config, { clock, epoch, heeders: heeders(system, staff), note });
}

/** All of them, in the order in which they are asked: first who may refuse. */
function heeders(system: System, staff: Staff): readonly Heeder[] {
  const { limits, intake, pools, schedules, alerts } = staff;
  return [
    { name: "alerts", keys: ["alerts"], heed: (config) => alerts.adopt(config.alerts) },
    {
      name: "schedules",
      keys: ["schedules"],
      check: (config) => schedules.check(config.schedules),
      heed: (config) => schedules.configure(config.schedules),
    },
    {
      name: "operations",
      keys: ["operations"],
      check: ({ operations }) => limits.checkAll(operations),
      async heed({ operations }) {
        const changed = limits.replace(operations);
        pools.adopt(operations);
        if (changed.size > 0) await relimitAll(changed, limits, system);
      },
    },
    {
      name: "profiles",
      keys: ["profiles", "operations"],
      heed: (config) => pools.profiles.adopt(config),
    },
    controllerOf(system, staff.seated),
    routersOf(system, staff.routed),
    {
      name: "intake",
      keys: ["jobs", "commands", "limits"],
      heed: (config) => void (intake.options = intakeOptions(config)),
    },
    ...parts(system),
  ];
}

/** Policies and constraints are bound anew where their options are others. */
function controllerOf(system: System, seated: Staff["seated"]): Heeder {
  let current = seated;
  return {
    name: "controller",
    keys: [
      ...[
        "pools.*.workers",
        "pools.*.reserve",
        "pools.*.spares",
        "pools.*.spareBursts",
        "pools.*.runningMax",
        "pools.*.policy",
        "pools.*.policies",
      ],
      ...["pools.*.share", "budget", "tuning"],
      ...[
        "pools.*.growth",
        "pools.*.thermal",
        "pools.*.emergency",
        "pools.*.swap",
        "pools.*.fallback",
        "pools.*.slo",
        "costs",
      ],
    ],
    check: async (config) => void await seatsOf(config, current),
    async heed(config) {
      current = await seatsOf(config, current);
      await rebudget(config, system);
      for (const [name, estate] of system.estates) {
        const { budget, sampler: { latest } } = system;
        estate.seat(councilOf(name, config, current, latest, budget, estate.council));
      }
    },
  };
}

/** Routing policies are bound anew where their options are others. */
function routersOf({ estates }: System, routed: Routings): Heeder {
  let current = routed;
  return {
    name: "routing",
    keys: ["pools.*.routing"],
    check: async (config) => void await routings(config, current),
    async heed(config) {
      current = await routings(config, current);
      for (const [name, { pool }] of estates) {
        pool.dispatcher.router.adopt(current.get(name)!.routing);
      }
    },
  };
}

/** Those who can't refuse what is valid. */
function parts(
  { queue, stowage, meters, series, estates, brownout, regrets }: System,
): readonly Heeder[] {
  return [
    {
      name: "queue",
      keys: ["queue", "admission"],
      heed({ queue: limits, admission }) {
        queue.ingress.limits = limits;
        queue.ingress.adopt(admission);
      },
    },
    { name: "keys", keys: ["limits"], heed: ({ limits }) => queue.gates.turns.adopt(limits) },
    {
      name: "breakers",
      keys: ["breakers"],
      heed: ({ breakers }) => queue.gates.circuits.adopt(breakers),
    },
    ...learning({ queue, stowage }),
    {
      name: "ordering",
      keys: ["pools.*.ordering"],
      heed({ pools }) {
        for (const [pool, { ordering: { name, ...options } }] of Object.entries(pools)) {
          stowage.sequenceOf(pool).adopt(name, options);
        }
      },
    },
    {
      name: "thresholds",
      keys: ["operations", "pools.*.thresholds"],
      heed({ operations, pools }) {
        const own = Object.entries(pools).map(([name, pool]) => [name, pool.thresholds] as const);
        meters.workers.adopt(pools.default.thresholds, new Map(own));
        meters.operations.adopt(operations);
      },
    },
    {
      name: "workers",
      keys: ["pools.*.slots", "pools.*.recycle"],
      heed({ pools }) {
        for (const [name, { pool }] of estates) {
          const { slots, recycle } = pools[name]!;
          pool.recycler.adopt(recycle);
          allow(pool, { tasks: slots.max, commands: slots.commands });
        }
      },
    },
    {
      name: "memory",
      keys: ["pools.default.memoryBytes"],
      heed: ({ pools }) => stowage.allow(pools.default.memoryBytes),
    },
    { name: "regret", keys: ["regret"], heed: ({ regret }) => regrets.meter.adopt(regret) },
    { name: "brownout", keys: ["brownout"], heed: (all) => brownout.adopt(all.brownout) },
    { name: "series", keys: ["slo", "costs"], heed: ({ slo, costs }) => series.adopt(slo, costs) },
  ];
}

/** Those who are told what to make of how jobs of an operation ended. */
const learning = ({ queue, stowage }: Pick<System, "queue" | "stowage">): readonly Heeder[] => [
  {
    name: "retries",
    keys: ["operations"],
    heed: ({ operations }) => queue.retries.adopt(operations),
  },
  {
    name: "timeouts",
    keys: ["jobs", "operations"],
    heed: (config) => stowage.timeouts.adopt(config),
  },
  {
    name: "results",
    keys: ["cache", "operations"],
    heed: ({ cache, operations }) => queue.gates.results.adopt(cache, operations),
  },
  {
    name: "shares",
    keys: ["operations"],
    heed: ({ operations }) => stowage.shares.adopt(operations),
  },
];

/** What holds from the start on. */
export function heedAll(config: Config, system: System): void {
  for (const { heed } of parts(system)) void heed(config);
}

/** What a configuration says of all that is submitted. */
export function intakeOptions({ jobs, commands, limits }: Config): IntakeOptions {
  return {
    defaults: {
      timeoutMs: jobs.timeoutMs ?? 0,
      retries: jobs.retries,
      queueTimeouts: jobs.queueTimeouts,
    },
    place: placeIn(commands.roots),
    commands,
    rules: new Rules(limits),
  };
}
