/** What of a pool's configuration its patch may say. */
import { assert, assertEquals } from "@std/assert";
import { createApp } from "../service/app.ts";
import { fixedAt, live } from "./live.ts";

Deno.test("pool settings: slots and policies change as by the configuration, as a whole", async () => {
  await using runtime = await live(fixedAt(1));
  const app = createApp(runtime);
  const patch = async (body: unknown, door = {}, name = "default") => {
    const headers = { "content-type": "application/json" };
    const init = { method: "PATCH", headers, body: JSON.stringify(body) };
    const request = new Request(`http://localhost/api/v1/pools/${name}`, init);
    const response = await app.fetch(request, door);
    const said = await response.json();
    return { status: response.status, code: said.code, errors: said.errors, said };
  };
  const pool = () => {
    const { config } = runtime.config.view();
    return (config as { pools: Record<string, Record<string, unknown>> }).pools["default"]!;
  };
  const changed = await patch({ slots: { max: 3 }, policy: { name: "target", workers: 2 } });
  assertEquals([changed.status, changed.errors?.[0].pointer], [400, "/policy/workers"]);
  assertEquals((pool()["slots"] as { max: number }).max, 1_024, "as a whole or not at all");

  const taken = await patch({ slots: { max: 3 }, policy: { name: "fixed", workers: 2 } });
  assertEquals([taken.status, taken.said.policy], [200, "fixed"]);
  assertEquals(pool()["slots"], { max: 3, commands: 16 });
  assertEquals(pool()["policy"], { name: "fixed", workers: 2 });
  const { versions } = runtime.config.view();
  const { by, changes } = versions.at(-1)!;
  assertEquals(by, "HTTP");
  assertEquals(changes.map(({ key }) => key), [
    "pools.default.slots.max",
    "pools.default.policy.workers",
  ]);

  const other = await patch({ policy: { name: "governor" } });
  assertEquals([other.status, other.said.policy], [200, "governor"]);

  const mixed = await patch({ slots: { max: 4 }, pinned: 2 });
  assertEquals([mixed.status, mixed.code], [400, "invalid_patch"]);
  const module = { policy: { module: "./evil.ts", name: "evil" } };
  const evil = await patch(module);
  assertEquals([evil.status, evil.code], [403, "forbidden"]);
  const own = await patch(module, { trusted: true });
  assert(own.status === 400 && own.code !== "forbidden", JSON.stringify(own));
  assertEquals((await patch({ slots: { max: 4 } }, {}, "nothing")).code, "unknown_pool");
  assertEquals(runtime.config.view().versions.length, versions.length + 1);
  app.close();
});
