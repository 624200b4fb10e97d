/** Schedules of a runtime: stored, configured, asked for over HTTP. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createRuntime } from "../actors/create_runtime.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { ScheduleDesk } from "../actors/schedules/desk.ts";
import { ManualClock } from "./manual_clock.ts";
import { until } from "./until.ts";

const never = { cron: "0 0 1 1 *", job: { command: ["true"] } };
const everySecond = { cron: "* * * * * *", job: { command: ["true"] } };

async function inData(test: (data: string) => Promise<void>): Promise<void> {
  const data = await Deno.makeTempDir();
  try {
    await test(data);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

async function ask(runtime: Runtime, method: string, path: string, body?: unknown) {
  const response = await runtime.fetch(
    new Request(`http://localhost/api/v1/schedules${path}`, {
      method,
      ...(body === undefined ? {} : {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    }),
  );
  return { status: response.status, body: await response.json() };
}

Deno.test("schedules: survive a restart, and go on where they were", async () => {
  await inData(async (data) => {
    let last: string;
    {
      await using first = await createRuntime({ data });
      await first.schedules.add("often", everySecond);
      await first.schedules.add("yearly", { ...never, paused: true });
      await first.schedules.add("gone", never);
      assertEquals(await first.schedules.remove("gone"), true);
      await until(async () => (await first.schedules.get("often"))!.last !== null);
      last = (await first.schedules.get("often"))!.last!.id;
      assertEquals((await first.wait(last, 30_000))?.state, "done");
      await first.schedules.pause("often");
    }
    await using second = await createRuntime({ data });
    const [often, yearly, ...more] = await second.schedules.list();
    assertEquals([often!.name, often!.paused, yearly!.name, yearly!.paused, more], [
      "often",
      true,
      "yearly",
      true,
      [],
    ]);
    const before = often!.last!.id;
    await second.schedules.resume("often");
    await until(async () => (await second.schedules.get("often"))!.last!.id !== before);
    const job = await second.job((await second.schedules.get("often"))!.last!.id);
    assertEquals(job!.command, ["true"]);
  });
});

Deno.test("schedules: those of the configuration stay its own, also over a reload", async () => {
  const config = { schedules: { nightly: { ...never, jitterMs: 10 } } };
  await using runtime = await createRuntime({ config });
  assertEquals((await runtime.schedules.list()).map(({ name, source }) => [name, source]), [
    ["nightly", "configuration"],
  ]);
  const remove = () => runtime.schedules.remove("nightly");
  assertEquals((await assertRejects(remove, Refusal)).code, "in_configuration");
  assertEquals(await runtime.schedules.pause("nightly"), true);
  const wrong = {
    schedules: { nightly: { ...never, cron: "x" }, b: { ...never, job: { task: "?" } } },
  };
  const error = await assertRejects(() => createRuntime({ config: wrong }), Refusal);
  assertEquals(error.code, "invalid_config");
  assert(error.issues[0]!.message.startsWith("schedules.nightly.cron: must be"), error.message);
  assert(error.issues[1]!.message.startsWith("schedules.b.job.task"), error.issues[1]!.message);
});

Deno.test("schedules: over HTTP", async () => {
  await using runtime = await createRuntime();
  const added = await ask(runtime, "POST", "", {
    name: "yearly",
    timeZone: "Asia/Tokyo",
    ...never,
  });
  assertEquals(added.status, 201, JSON.stringify(added.body));
  assertEquals(added.body.next[0].slice(4), "-12-31T15:00:00.000Z");
  assertEquals((await ask(runtime, "POST", "", { name: "yearly", ...never })).status, 409);
  assertEquals(
    (await ask(runtime, "POST", "", { name: "a b", ...never })).body.code,
    "invalid_schedule",
  );
  const bad = await ask(runtime, "POST", "", {
    name: "x",
    cron: "* * * * *",
    job: { task: "nope" },
  });
  assertEquals([bad.status, bad.body.errors[0].pointer], [404, "/job/task"]);
  assertEquals((await ask(runtime, "GET", "/yearly?next=20")).body.next.length, 20);
  assertEquals((await ask(runtime, "PATCH", "/yearly", { paused: true })).body.next, []);
  assertEquals((await ask(runtime, "PATCH", "/yearly", { paused: 1 })).status, 400);
  assertEquals((await ask(runtime, "GET", "")).body.items.length, 1);
  assertEquals((await ask(runtime, "DELETE", "/yearly")).status, 200);
  assertEquals((await ask(runtime, "DELETE", "/yearly")).status, 404);
});

Deno.test("schedules: one that is not understood any more does not keep the service from starting", async () => {
  const alerts: string[] = [];
  const desk = new ScheduleDesk({
    clock: new ManualClock(),
    store: { append: () => 0, committedLsn: 0 },
    submit: () => {
      throw new Error("nothing is due");
    },
    check: () => {},
    isOpen: () => false,
    note: (fact) => fact.type === "alert" && alerts.push(fact.code),
  });
  const stored = (name: string, timeZone: string) => ({
    name,
    spec: { ...never, timeZone },
    source: "call" as const,
    paused: false,
    seenAt: 0,
    last: null,
  });
  await desk.start([stored("old", "Mars/Olympus"), stored("good", "UTC")], {});
  assertEquals([(await desk.list()).map(({ name }) => name), alerts], [["good"], [
    "schedule_left",
  ]]);
  desk.close();
});
