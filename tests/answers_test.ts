/** How long the API takes to answer: what is noted, told and exported. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Answers } from "../actors/answers.ts";
import { diagnose } from "../policies/diagnosis/mod.ts";
import { createApp } from "../service/app.ts";
import { AlertsStage, oneSink } from "./alerts_stage.ts";
import { ManualClock } from "./manual_clock.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { sightWith } from "./sights.ts";

const ask = (app: ReturnType<typeof createApp>, path: string, method = "GET") =>
  app.fetch(new Request(`http://127.0.0.1${path}`, { method, headers: { host: "127.0.0.1" } }));

Deno.test("answers: a delay of 400 ms is told, with its route, and over when it is", async () => {
  const answers = new Answers(new ManualClock());
  const runtime = scriptedRuntime();
  const slow = {
    ...runtime,
    metrics: { ...runtime.metrics, answered: answers.took.bind(answers) },
    why: async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return null;
    },
  } as unknown as typeof runtime;
  const app = createApp(slow);
  const paths = Array.from({ length: 20 }, (_, n) => `/api/v1/jobs/j${n}/why`);
  await Promise.all([...paths, "/api/v1/alerts"].map((path) => ask(app, path)));
  const api = answers.lately!;
  assertEquals([api.requests, api.slowest.requests], [21, 20]);
  assertEquals(api.slowest.route, "GET /api/v1/jobs/:id/why");
  assert(api.p95Ms >= 395, `${api.p95Ms}`);

  const [cause] = diagnose(sightWith({ api }));
  assertEquals(cause?.name, "api");
  assertMatch(cause!.because, /GET \/api\/v1\/jobs\/:id\/why/);

  const stage = await new AlertsStage({ config: oneSink }).start();
  await stage.pass(25_000, { api: () => api });
  assertEquals(stage.news, ["alertRaised warning api"]);
  assertMatch(stage.alerts.view.items[0]!.message, /:id\/why/);
  await stage.pass(60_000, { api: () => null });
  assertEquals(stage.news.at(-1), "alertCleared warning api");
  await app.close();
});

Deno.test("answers: what is meant to take its time is none", async () => {
  const runtime = scriptedRuntime();
  const noted: string[] = [];
  const app = createApp(
    {
      ...runtime,
      metrics: { ...runtime.metrics, answered: (route: string) => void noted.push(route) },
    } as typeof runtime,
  );
  const paths = ["/metrics", "/livez", "/api/v1/jobs/j1?wait=1ms", "/api/v1/jobs/j1/log", "/docs"];
  for (const path of paths) await (await ask(app, path)).body?.cancel();
  assertEquals(noted, []);
  await ask(app, "/api/v1/status");
  assertEquals(noted, ["GET /api/v1/status"]);
  await app.close();
});

Deno.test("answers: the last minute counts, of as many routes as there are", async () => {
  const clock = new ManualClock();
  const answers = new Answers(clock);
  assertEquals(answers.lately, null);
  for (let second = 0; second < 120; second++) {
    answers.took("GET /slow", second < 60 ? 900 : 2);
    answers.took("GET /quick", 1);
    await clock.advance(1_000);
  }
  const api = answers.lately!;
  assert(api.requests > 90 && api.requests <= 120 && api.p95Ms < 3, JSON.stringify(api));
  assertEquals(answers.totals.get("GET /slow")!.count, 120);
  await clock.advance(61_000);
  assertEquals(answers.lately, null);
  for (let n = 0; n < 1_000; n++) answers.took(`GET /${n}`, 1);
  assert(answers.totals.size <= 128);
});
