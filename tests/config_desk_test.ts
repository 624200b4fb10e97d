/** The configuration changes while it runs: as a whole or not at all, by one at a time. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { allow } from "../actors/allow.ts";
import { composeConfig, type Config, type ConfigInput } from "../actors/config.ts";
import { ConfigDesk, type Heeder } from "../actors/config_desk.ts";
import { patchConfig } from "../actors/config_patch.ts";
import { Refusal } from "../actors/refusal.ts";
import { liveKeys } from "../actors/reload.ts";
import type { ControlFact } from "../messages/facts.ts";
import { live } from "./live.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

const configOf = (values: ConfigInput = {}) => composeConfig([{ name: "test", values }]);

/** A desk with heeders by name and keys, and what each of them took last. */
function desk(...heeders: readonly (Pick<Heeder, "name" | "keys"> & Partial<Heeder>)[]) {
  const facts: ControlFact[] = [];
  const taken = new Map<string, Config>();
  const made = new ConfigDesk(configOf(), {
    clock: new ManualClock(Date.UTC(2026, 0, 1)),
    epoch: 3,
    heeders: heeders.map((one) => ({
      heed: (config: Config) => void taken.set(one.name, config),
      ...one,
    })),
    note: (fact) => void facts.push(fact),
  });
  return { desk: made, facts, taken };
}

Deno.test("config: a patch is taken by those whom it concerns, and each says so", async () => {
  const { desk: config, facts, taken } = desk(
    { name: "queue", keys: ["queue", "admission"] },
    { name: "log", keys: ["log"] },
    { name: "pool", keys: ["pools.*.slots"] },
  );
  assertEquals([config.view().version, config.view().etag], [1, '"3.1"']);
  const patch = { log: { level: "debug" }, pools: { default: { slots: { max: 4 } } } };
  const view = await config.patch(patch, { ifMatch: '"3.1"', by: "HTTP" });
  assertEquals([view.version, view.etag], [2, '"3.2"']);
  assertEquals([...taken.keys()], ["log", "pool"]);
  const { by, at, changes, acks } = view.versions.at(-1)!;
  assertEquals([by, at], ["HTTP", "2026-01-01T00:00:00.000Z"]);
  assertEquals(changes.map(({ key, words }) => `${key} ${words}`).sort(), [
    'log.level "info" -> "debug"',
    "pools.default.slots.max 1024 -> 4",
  ]);
  assertEquals(acks.map(({ actor }) => actor), ["log", "pool"]);
  assertEquals(facts.map((fact) => fact.type === "config" && [fact.version, fact.by]), [[
    2,
    "HTTP",
  ]]);
  assertEquals(view.differs.map(({ key }) => key).sort(), ["log.level", "pools.default.slots.max"]);
  // The same again is no other version.
  assertEquals((await config.patch(patch)).version, 2);
});

Deno.test("config: a patch for another version, or one that is wrong or needs a restart, changes nothing", async () => {
  const { desk: config, facts, taken } = desk({ name: "all", keys: liveKeys });
  const refused = async (patch: unknown, options = {}) => {
    const error = await assertRejects(() => config.patch(patch, options), Refusal);
    return [error.code, error.issues.map(({ pointer }) => pointer)] as const;
  };
  assertEquals(
    (await refused({ log: { level: "debug" } }, { ifMatch: '"3.9"' }))[0],
    "config_changed",
  );
  assertEquals(await refused({ log: { level: "loud" }, jobs: { retries: -1 }, nothing: 1 }), [
    "invalid_config",
    ["/jobs/retries", "/log/level", "/nothing"],
  ]);
  assertEquals(await refused({ log: { level: "debug" }, server: { port: 1 } }), [
    "needs_restart",
    ["/server/port"],
  ]);
  assertEquals(await refused({ log: { level: "debug" } }, { save: true }), ["no_config_file", []]);
  const bounds = { pools: { default: { workers: { min: 9, max: 4 } } } };
  assertEquals((await refused(bounds))[0], "invalid_config");
  assertEquals([config.view().version, facts.length, taken.size], [1, 0, 0]);
});

Deno.test("config: of patches for the same version one is taken", async () => {
  const { desk: config } = desk({ name: "jobs", keys: ["jobs"] });
  const tries = [1, 2, 3, 4].map((retries) =>
    config.patch({ jobs: { retries } }, { ifMatch: '"3.1"' }).then(
      ({ version }) => version,
      (error: Refusal) => error.code,
    )
  );
  assertEquals(await Promise.all(tries), [
    2,
    "config_changed",
    "config_changed",
    "config_changed",
  ]);
  assertEquals(config.config.jobs.retries, 1);
});

Deno.test("config: where one can't take it, those before go back to what was", async () => {
  const { desk: config, facts, taken } = desk(
    { name: "first", keys: ["jobs"] },
    {
      name: "second",
      keys: ["jobs"],
      heed({ jobs }) {
        if (jobs.retries === 5) throw new Refusal("limit_unavailable", "not here");
      },
    },
    { name: "third", keys: ["jobs"] },
  );
  await assertRejects(() => config.patch({ jobs: { retries: 5 } }), Refusal, "not here");
  assertEquals(taken.get("first")!.jobs.retries, 0);
  assertEquals([taken.has("third"), config.config.jobs.retries, facts], [false, 0, []]);
  const { desk: checked, taken: none } = desk(
    { name: "first", keys: ["jobs"] },
    { name: "second", keys: ["jobs"], check: () => Promise.reject(new Refusal("no", "never")) },
  );
  await assertRejects(() => checked.patch({ jobs: { retries: 5 } }), Refusal, "never");
  assertEquals(none.size, 0, "nobody has taken it when one says that it can't");
});

Deno.test("config: a reload takes the place of what was patched; what waits for a restart is told", async () => {
  const { desk: config } = desk({ name: "all", keys: liveKeys });
  await config.patch({ jobs: { retries: 5 } });
  const { version, changes } = await config.reload(
    () => configOf({ server: { port: 1 } }),
    "SIGHUP",
  );
  assertEquals(version, 3);
  assertEquals(changes.map(({ key, live }) => [key, live]).sort(), [
    ["jobs.retries", true],
    ["server.port", false],
  ]);
  const { differs, versions } = config.view();
  assertEquals(differs, [{ key: "server.port", words: "4477 -> 1", live: false }]);
  assertEquals(versions.map(({ by }) => by), ["start", "program", "SIGHUP"]);
  for (let retries = 1; retries <= 40; retries++) await config.patch({ jobs: { retries } });
  assertEquals(config.view().versions.length, 32);
});

Deno.test("config: a saved patch is on disk before it is in force, and not where nobody takes it", async () => {
  const { desk: config } = desk({
    name: "jobs",
    keys: ["jobs"],
    heed: ({ jobs }) => assert(jobs.retries !== 13),
  });
  const disk: unknown[] = [];
  config.save = (patch) => {
    disk.push(patch);
    return Promise.resolve(() => Promise.resolve(void disk.pop()));
  };
  const view = await config.patch({ jobs: { retries: 2 } }, { save: true });
  assertEquals([disk.length, view.differs], [1, []]);
  await assertRejects(() => config.patch({ jobs: { retries: 13 } }, { save: true }));
  assertEquals(disk.length, 1);
});

Deno.test("patch: null is a value where it may be one, else it is what nobody has said", () => {
  const config = configOf({
    jobs: { timeoutMs: 600_000, retries: 3 },
    limits: { "host:a": { each: 3 }, "host:*": { each: 5 } },
    operations: { sleep: { shareRatio: 0.1 } },
  });
  const patched = patchConfig(config, {
    jobs: { timeoutMs: null, retries: null },
    limits: { "host:a": null, "host:*": { each: null }, "agent:*": { each: 7 } },
    operations: { sleep: null },
  });
  assertEquals([patched.jobs.timeoutMs, patched.jobs.retries], [null, 0]);
  assertEquals(patched.limits["host:a"], undefined);
  assertEquals([patched.limits["host:*"]!.each, patched.limits["agent:*"]!.each], [null, 7]);
  assertEquals(patched.operations, {});
  assertEquals(patchConfig(config, { jobs: { timeoutMs: "1h" } }).jobs.timeoutMs, 3_600_000);
  assertEquals(patchConfig(config, {}), config);
});

Deno.test("config: over HTTP with ETag and If-Match, heeded by a running runtime", async () => {
  await using runtime = await live({
    schedules: {
      s: { cron: "0 0 1 1 *", job: { command: ["true"], env: { NAME: "s3cret" } } },
    },
  });
  const ask = async (method: string, body?: unknown, headers = {}, query = "") => {
    const response = await runtime.fetch(
      new Request(`http://localhost/api/v1/config${query}`, {
        method,
        ...(body === undefined ? {} : {
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
        }),
      }),
    );
    return {
      status: response.status,
      etag: response.headers.get("etag")!,
      body: await response.json(),
    };
  };
  const first = await ask("GET");
  assertEquals([first.status, first.etag, first.body.etag], [200, '"1.1"', '"1.1"']);
  assert(!JSON.stringify(first.body).includes("s3cret"));
  assert(first.body.live.includes("log"));
  const patch = { pools: { default: { slots: { max: 3 } } }, queue: { jobsMax: 5 } };
  const statuses = [
    await ask("PATCH", patch),
    await ask("PATCH", patch, { "if-match": '"0.1"' }),
    await ask("PATCH", { server: { port: 1 } }, { "if-match": first.etag }),
    await ask("PATCH", { commands: { shell: true } }, { "if-match": first.etag }),
    await ask("PATCH", { log: { file: "/tmp/x" } }, { "if-match": "*" }),
    await ask("PATCH", { programs: { mine: { command: ["sh"] } } }, { "if-match": "*" }),
    await ask("PATCH", [], { "if-match": "*" }),
    await ask("PATCH", patch, { "if-match": "*" }, "?save=perhaps"),
    await ask("PATCH", patch, { "if-match": first.etag }, "?save"),
  ].map(({ status, body }) => [status, body.code]);
  assertEquals(statuses, [
    [428, "if_match_required"],
    [412, "config_changed"],
    [409, "needs_restart"],
    [403, "forbidden"],
    [403, "forbidden"],
    [403, "forbidden"],
    [400, "invalid_patch"],
    [400, "invalid_save"],
    [409, "no_config_file"],
  ]);
  const { status, body, etag } = await ask("PATCH", patch, { "if-match": first.etag });
  assertEquals([status, etag, body.config.queue.jobsMax], [200, '"1.2"', 5]);
  const acks = body.versions.at(-1).acks.map(({ actor }: { actor: string }) => actor);
  assertEquals(acks.sort(), ["queue", "workers"]);
  const naps = Array.from({ length: 6 }, () => ({ task: "toy", input: { do: "nap", ms: 1 } }));
  await assertRejects(() => runtime.submitAll(naps), Refusal, "queue is full");
});

Deno.test("slots: fewer hold for the next job, and what runs goes on; more are used at once", async () => {
  const { clock, system } = new SystemStage({ max: 1, part: { jobMs: 600_000 } });
  const { pool } = system.home;
  await clock.advance(1_000);
  const jobs = Array.from({ length: 20 }, () => system.queue.submitOne(orderOf()));
  const running = () => jobs.filter(({ state }) => state === "running").length;
  await clock.advance(10_000);
  assertEquals(running(), 8);
  allow(pool, { tasks: 2, commands: 2 });
  await clock.advance(10_000);
  assertEquals(running(), 8, "nobody is ended for it");
  const end = async (count: number) => {
    const some = jobs.filter(({ state }) => state === "running").slice(0, count);
    for (const job of some) system.cancel(job, "enough");
    await clock.advance(1_000);
  };
  await end(5);
  assertEquals(running(), 3);
  await end(2);
  assertEquals(running(), 2, "as many as may, from then on");
  allow(pool, { tasks: 6, commands: 2 });
  await clock.advance(10_000);
  assertEquals(running(), 6);
  await system.stop();
});

Deno.test("memory: what commands may have together holds at once for those that wait", async () => {
  const { clock, system } = new SystemStage({ max: 2 });
  const { stowage } = system;
  await clock.advance(1_000);
  stowage.allow(2 ** 30);
  assertEquals(stowage.footprints.budgetBytes, 2 ** 30);
  stowage.allow(null);
  assert(stowage.footprints.budgetBytes > 2 ** 30);
  await system.stop();
});
