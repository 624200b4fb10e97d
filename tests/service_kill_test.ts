/** The service as a program: killed, started again, started twice, told to stop. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Accepted, JobView } from "../messages/job.ts";
import { flyball, inFolder, type Started } from "./command_line.ts";
import { lives, processesWith } from "./live.ts";
import { serve, type Service } from "./serving.ts";
import { until } from "./until.ts";

const numberOf = ({ id }: Accepted) => parseInt(id.slice(1), 36);

async function end(started: Started): Promise<void> {
  started.kill("SIGKILL");
  await started.ended;
}

/** Jobs that are accepted before the service is killed; its proof has more. */
const jobsMax = 200;
/** Jobs that have ended by then. */
const doneMin = 40;

/** Submits jobs that each leave a line, half of them in bulks and the rest one by one. */
async function submitAll(service: Service, runs: string) {
  const spec = (n: number) => ({ command: ["sh", "-c", `echo ${n} >> ${runs}; sleep 0.02`] });
  const accepted = new Map<number, Accepted>();
  for (let from = 0; from < jobsMax / 2; from += 50) {
    const bulk = Array.from({ length: 50 }, (_, i) => spec(from + i));
    (await service.submit({ jobs: bulk })).forEach((job, i) => accepted.set(from + i, job));
  }
  for (let from = jobsMax / 2; from < jobsMax; from += 20) {
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      const [job] = await service.submit(spec(from + i));
      accepted.set(from + i, job!);
    }));
  }
  return accepted;
}

/** When a job that waits may go on, epoch ms. */
async function dueAt(service: Service, id: string): Promise<number> {
  const { body } = await service.ask("GET", `/api/v1/jobs/${id}/why`);
  return Date.now() + body.etaMs;
}

/** Has a job fail that will be tried again in days. */
async function failOnce(service: Service): Promise<string> {
  const backoff = { baseMs: 2_147_483_647, maxMs: 2_147_483_647 };
  const [job] = await service.submit({ command: ["false"], retries: 2, backoff });
  await until(async () => (await service.job(job!.id)).state === "retrying");
  return job!.id;
}

Deno.test("service: what was accepted survives kill -9, each job with one ending", async () => {
  await inFolder({}, async (cwd) => {
    const runs = `${cwd}/runs`;
    let accepted: Map<number, Accepted>;
    let running: number;
    let failed: string;
    let failedUntil: number;
    let stubborn: Accepted | undefined;
    {
      await using first = await serve(cwd);
      // Flees once: in the second life nobody would sweep it up.
      const flee = `[ -e ${cwd}/fled ] || setsid sh -c ': > ${cwd}/fled; exec sleep 300' & wait`;
      await first.submit({ command: ["sh", "-c", flee], priority: "high", retries: 0 });
      // Told to end, it takes its time.
      const stay = `trap '' TERM; echo >> ${cwd}/stayed; sleep 300`;
      [stubborn] = await first.submit({ command: ["sh", "-c", stay], priority: "high" });
      failed = await failOnce(first);
      failedUntil = await dueAt(first, failed);
      accepted = await submitAll(first, runs);
      await until(async () => (await first.status()).ended.done >= doneMin);
      ({ running } = await first.status());
      await first.ask("DELETE", `/api/v1/jobs/${stubborn!.id}`);
      await end(first.started);
    }
    assertEquals(accepted.size, jobsMax);
    // Workers and commands die with the service, and what fled its session.
    await until(() => processesWith(cwd).length === 0);

    await using second = await serve(cwd);
    const { state, attempt } = await second.job(failed);
    assertEquals([state, attempt], ["retrying", 2]);
    assert(Math.abs(await dueAt(second, failed) - failedUntil) < 5_000, "at the same instant");
    await second.ask("DELETE", `/api/v1/jobs/${failed}`);
    await until(second.idle);
    const cancelled = await second.job(stubborn!.id);
    assertEquals([cancelled.state, cancelled.outcome!.restored], ["cancelled", true]);
    assertEquals(await Deno.readTextFile(`${cwd}/stayed`), "\n", "it began once");
    const jobs: JobView[] = [];
    for (const { id } of accepted.values()) jobs.push(await second.job(id));
    assertEquals(jobs.filter(({ state }) => state !== "done").map(({ id }) => id), []);
    assertEquals(new Set(jobs.map(({ id }) => id)).size, jobsMax);
    const lines = (await Deno.readTextFile(runs)).trim().split("\n");
    assertEquals(new Set(lines).size, jobsMax, "each job ran");
    // Each run was an attempt, and at most what lay next in a worker is taken for one.
    const ran = new Map<string, number>();
    for (const line of lines) ran.set(line, (ran.get(line) ?? 0) + 1);
    const unknown = [...accepted].map(([n, { id }]) =>
      jobs.find((job) => job.id === id)!.outcome!.attempts - ran.get(String(n))!
    );
    assert(
      Math.min(...unknown) === 0 && unknown.filter((more) => more > 0).length <= 8,
      `${unknown}`,
    );
    assert(lines.length - jobsMax <= running + 32, `${lines.length - jobsMax} ran twice`);
    // Nothing that had its ending before the kill ran again: the second life ended only the rest.
    const { ended, epoch } = await second.status();
    assert(ended.done <= jobsMax - doneMin + 1, `${ended.done}`);
    assertEquals(epoch, 2);
    const [next] = await second.submit({ task: "hello" });
    assert(numberOf(next!) > Math.max(...[...accepted.values()].map(numberOf)));
  });
});

Deno.test("service: accepts exactly what it acknowledged, killed amid submits", async () => {
  await inFolder({}, async (cwd) => {
    const acknowledged: string[] = [];
    {
      await using first = await serve(cwd);
      const clients = Array.from({ length: 8 }, async (_, client) => {
        for (let n = 0;; n++) {
          const idempotencyKey = `${client}:${n}`;
          const [job] = await first.submit({ task: "hello", idempotencyKey });
          acknowledged.push(job!.id);
        }
      });
      const gone = Promise.allSettled(clients);
      await until(() => acknowledged.length > 200);
      await end(first.started);
      await gone;
    }
    assertEquals(new Set(acknowledged).size, acknowledged.length);
    await using second = await serve(cwd);
    await until(second.idle);
    for (const id of acknowledged) assertEquals([id, (await second.job(id)).state], [id, "done"]);
    // The keys of the first life still stand for the jobs of the first life.
    const [again] = await second.submit({ task: "hello", idempotencyKey: "0:0" });
    assertEquals(again!.duplicate, true);
    assert(acknowledged.includes(again!.id));
  });
});

Deno.test("service: an idempotency key is one job, in the body or the header", async () => {
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    const post = (body: object, headers = {}) => service.ask("POST", "/api/v1/jobs", body, headers);
    const key = { "idempotency-key": "k1" };
    const first = await post({ task: "hello", input: { name: "Ada" } }, key);
    assertEquals(first.status, 202);
    const again = await post({ input: { name: "Ada" }, task: "hello" }, key);
    assertEquals([again.status, again.body.jobs[0].duplicate], [202, true]);
    assertEquals(again.body.jobs[0].id, first.body.jobs[0].id);
    const other = await post({ task: "hello", input: { name: "Bob" } }, key);
    assertEquals([other.status, other.body.code], [409, "idempotency_conflict"]);
    const body = await post({ task: "hello", input: { name: "Ada" }, idempotencyKey: "k1" });
    assertEquals(body.body.jobs[0].duplicate, true);
  });
});

Deno.test("service: says why it can't start, with the code for it", async () => {
  await inFolder({ file: "" }, async (cwd) => {
    await using service = await serve(cwd);
    const port = new URL(service.url).port;
    const start = (...flags: string[]) => flyball(["serve", "--port", "0", ...flags], { cwd });
    const workers = (end: string, value: number) => [
      "--set",
      `pools.default.workers.${end}=${value}`,
    ];
    const [second, busy, file, readOnly, order, policy] = await Promise.all([
      start(),
      start("--port", port, "--data", "other"),
      start("--data", "file"),
      start("--data", "/proc/flyball"),
      start("--data", "fourth", ...workers("min", 8), ...workers("max", 4)),
      start("--data", "fifth", "--set", "pools.default.policy.name=guess"),
    ]);
    assertEquals([second.code, busy.code, file.code, readOnly.code], [75, 69, 73, 73]);
    assertEquals([order.code, policy.code], [78, 78], order.stderr + policy.stderr);
    const holder = /pid (\d+)/.exec(second.stderr)?.[1];
    assert(holder && lives(Number(holder)), second.stderr);
    assertStringIncludes(busy.stderr, port);
    assertStringIncludes(file.stderr, "file");
    assertStringIncludes(readOnly.stderr, "/proc/flyball");
    assertMatch(
      order.stderr,
      /pools\.default\.workers\.min \(8\) must be <= pools\.default\.workers\.max \(4\)/,
    );
    for (const { stdout, stderr } of [second, busy, file, readOnly, order, policy]) {
      assertEquals([stdout, stderr.includes("    at ")], ["", false], stderr);
    }
    // None of them has harmed the one that runs.
    assertEquals((await service.ask("GET", "/readyz")).status, 200);
  });
});

Deno.test("service: SIGTERM lets what runs end and leaves the rest to the next life", async () => {
  await inFolder({}, async (cwd) => {
    const spec = (n: number) => ({
      command: ["sh", "-c", `echo ${n} >> ${cwd}/runs; sleep 0.3; echo ${n} >> ${cwd}/ends`],
    });
    let ids: string[];
    {
      await using first = await serve(cwd, "--set", "pools.default.slots.commands=2");
      ids = (await first.submit({ jobs: Array.from({ length: 12 }, (_, n) => spec(n)) }))
        .map(({ id }) => id);
      await until(async () => (await first.status()).running > 0);
      first.started.kill("SIGTERM");
      const { code, stderr } = await first.started.ended;
      assertEquals(code, 0, stderr);
    }
    assertEquals(processesWith(cwd), []);
    const lines = async (name: string) =>
      (await Deno.readTextFile(`${cwd}/${name}`)).trim().split("\n").sort();
    assertEquals(await lines("runs"), await lines("ends"), "what had begun has ended");
    await using second = await serve(cwd);
    await until(second.idle);
    for (const id of ids) assertEquals((await second.job(id)).state, "done");
    assertEquals((await lines("runs")).length, 12, "nothing ran twice");
  });
});
