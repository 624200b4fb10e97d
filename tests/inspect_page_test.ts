/** The pages of live machines: what they are made of, what they may do, and their pure parts. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { machines } from "../machines/mod.ts";
import type { ControlFact } from "../messages/facts.ts";
import { build, folder } from "../service/inspect/build.ts";
import { byName, Cast, rankOf } from "../service/inspect/page/cast.ts";
import { actorOf, factText } from "../service/inspect/page/fact_text.ts";
import { litBy, takenBy, valueText } from "../service/inspect/page/lit.ts";
import { serve } from "../service/serve.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

Deno.test("inspect page: what it loads is what its sources and the machines give", async () => {
  for (const [file, text] of await build()) {
    const kept = await Deno.readTextFile(new URL(file, folder));
    assert(kept === text, `${file} is old: run deno task build:inspect`);
  }
});

Deno.test("inspect page: loads nothing from elsewhere, and needs no token to ask for one", async () => {
  await using service = await serve(scriptedRuntime(), { port: 0, token: "t" });
  const get = async (path: string) => {
    const response = await fetch(service.url + path);
    return { response, text: await response.text() };
  };
  for (const path of ["/inspect/", "/inspect/stately"]) {
    const { response, text } = await get(path);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
    assertMatch(
      response.headers.get("content-security-policy")!,
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; .*frame-ancestors 'none'$/,
    );
    assert(!/https?:|<script>|<style>| on\w+=| style=/.test(text), path);
    for (const [, file] of text.matchAll(/(?:src|href)="(\/inspect\/files\/[^"]+)"/g)) {
      assertEquals((await get(file!)).response.status, 200, file);
    }
  }
  const slashless = await fetch(`${service.url}/inspect`, { redirect: "manual" });
  await slashless.body?.cancel();
  assertEquals([slashless.status, slashless.headers.get("location")], [308, "/inspect/"]);
  for (const name of Object.keys(machines)) {
    const { response, text } = await get(`/inspect/files/${name}.svg`);
    assertEquals(response.headers.get("content-type"), "image/svg+xml");
    assert(!/<script|<foreignObject|xlink:href| on\w+=/i.test(text), name);
  }
  const script = await Deno.readTextFile(new URL("page.bundle.js", folder));
  const urls = [...script.matchAll(/(?:https?|wss?):\/\/[^"'`\s]+/g)].map(([url]) => url);
  assertEquals(urls, ["https://stately.ai/inspect"], "only what the button opens");
  for (const path of ["/inspect/files/..%2fguard.ts", "/inspect/past?decision=1"]) {
    assertEquals((await get(path)).response.status, 401, path);
  }
  const unknown = await get("/inspect/files/build.ts");
  assertEquals([unknown.response.status, JSON.parse(unknown.text).code], [404, "not_found"]);
  const authorization = { authorization: "Bearer t" };
  for (const query of ["", "?decision=x", "?decision=0"]) {
    const path = `${service.url}/inspect/past${query}`;
    const refused = await fetch(path, { headers: authorization });
    assertEquals([refused.status, (await refused.json()).code], [400, "invalid_decision"]);
  }
});

Deno.test("inspect page: lights each state of a value, and the arrow that led there", () => {
  assertEquals(litBy("worker", { draining: "killed" }), [
    "worker.draining",
    "worker.draining.killed",
  ]);
  assertEquals(litBy("scaling", { size: "steady", breaker: "open" }), [
    "scaling.size",
    "scaling.size.steady",
    "scaling.breaker",
    "scaling.breaker.open",
  ]);
  assertEquals(litBy("loop", null), []);
  const arrows = ["w.ready w.draining", "w.ready w.gone", "w.draining.emptying w.draining.stopped"];
  const draining = ["w.draining", "w.draining.emptying"];
  assertEquals(takenBy(arrows, ["w.ready"], draining), ["w.ready w.draining"]);
  assertEquals(takenBy(arrows, draining, ["w.draining", "w.draining.stopped"]), [arrows[2]!]);
  assertEquals(takenBy(arrows, ["w.ready"], ["w.ready"]), []);
  assertEquals(valueText({ draining: "killed" }), "draining.killed");
  assertEquals(valueText({ size: "steady", breaker: { a: "b" } }), "size steady · breaker a.b");
  assertEquals(valueText(null), "");
});

Deno.test("inspect page: the cast follows births, moves and ends, and begins anew with a whole", () => {
  const cast = new Cast();
  const role = (id: string, value: unknown) => ({
    id,
    name: `worker.${id}`,
    machine: "worker",
    parent: null,
    value,
  });
  const nothing = { born: [], moved: [], gone: [], events: [], skipped: 0 };
  const message = { type: "scene", at: 1, whole: false, ...nothing } as const;
  cast.take({ ...message, whole: true, born: [role("1", "ready"), role("2", "ready")] });
  const moved = [{ id: "2", value: "gone", event: "exited", at: 5 }, {
    id: "9",
    value: "x",
    event: "y",
    at: 5,
  }];
  const changes = cast.take({ ...message, moved, gone: ["1", "8"] });
  assertEquals(changes.gone, ["1"]);
  assertEquals(changes.moved.map(({ id, latest }) => [id, latest]), [
    ["2", { event: "exited", at: 5 }],
  ]);
  assertEquals([cast.nameOf("2"), cast.nameOf("7"), cast.nameOf(null)], ["worker.2", "7", ""]);
  assertEquals(cast.take({ ...message, whole: true, born: [role("3", "ready")] }).gone, ["2"]);
  assertEquals([...cast.actors.keys()], ["3"]);
  const names = ["worker.2.10", "worker.10.1", "worker.2.9"].map((name) => ({ name })).sort(byName);
  assertEquals(names.map(({ name }) => name), ["worker.2.9", "worker.2.10", "worker.10.1"]);
  assert(rankOf("scaling") < rankOf("worker") && rankOf("worker") < rankOf("its own"));
  assert(rankOf("its own") < rankOf(null));
});

Deno.test("inspect page: facts are a line each, with the actor they are about", () => {
  const worker: ControlFact = {
    type: "worker",
    pool: "default",
    seat: 2,
    generation: 7,
    pid: 1,
    state: "ready",
    because: "connected",
  };
  assertEquals([actorOf(worker), factText(worker)], ["worker.2.7", "ready · connected"]);
  const machine: ControlFact = { type: "machine", actor: "scaling", event: "step", value: "x" };
  assertEquals([actorOf(machine), factText(machine)], ["scaling", "x"]);
  const resized: ControlFact = {
    type: "resized",
    pool: "default",
    from: 1,
    actual: 2,
    decision: 3,
    trigger: "head waited 31 ms",
  };
  assertEquals([actorOf(resized), factText(resized)], [null, "1 → 2 workers · head waited 31 ms"]);
  const alert = {
    incident: "a",
    rule: "cpu",
    subject: "x",
    level: "warning",
    message: "m",
  } as const;
  const raised: ControlFact = { type: "alertRaised", value: 1, ...alert };
  assertEquals([actorOf(raised), factText(raised)], ["alert.cpu:x", "raised: m"]);
  assertStringIncludes(factText({ type: "new" } as unknown as ControlFact), "new");
});
