/** Hooks: in order, within their time, and whatever they do, nothing else notices. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Hooking } from "../actors/hooks.ts";
import { loadHooks } from "../actors/load_hooks.ts";
import { Refusal } from "../actors/runtime.ts";
import { createRuntime } from "../actors/create_runtime.ts";
import type { Hooks } from "../messages/hooks.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";
import { until } from "./until.ts";

/** Hooks at work on a stage. */
function hooked(all: readonly Hooks[], timeoutMs = 1_000) {
  const stage = new SystemStage({ min: 1, max: 2 });
  const stopping = new AbortController();
  const named = all.map((hooks, i) => ({ name: `h${i}`, hooks }));
  const over = new Hooking(stage.system, named, timeoutMs).run("1.2.3", stopping.signal);
  return {
    stage,
    async stop() {
      stopping.abort();
      await stage.clock.advance(2_000);
      await over;
      await stage.system.stop();
    },
  };
}

Deno.test("hooks: are called in order, each with what happened", async () => {
  const told: string[] = [];
  const hooks = (who: string): Hooks => ({
    onInit: ({ version, pools }) => void told.push(`${who} init ${version} ${pools}`),
    onTaskEnd: async ({ id, operation, ending, attempts, waitMs, durationMs, reason }) => {
      await Promise.resolve();
      assert(waitMs >= 0 && durationMs >= 0, `${waitMs}, ${durationMs}`);
      told.push(`${who} ${operation} ${id} ${ending} ${attempts} ${reason?.code ?? ""}`);
    },
  });
  const { stage, stop } = hooked([hooks("a"), hooks("b")]);
  await stage.clock.advance(500);
  stage.system.queue.submit([orderOf(), orderOf()]);
  await stage.clock.advance(500);
  await stop();
  assertEquals(told, [
    ...["a init 1.2.3 default", "b init 1.2.3 default"],
    ...["a t j1 done 1 ", "b t j1 done 1 ", "a t j2 done 1 ", "b t j2 done 1 "],
  ]);
});

Deno.test("hooks: hear of ticks once a second, and of every decision", async () => {
  const ticks: number[] = [];
  const ids: number[] = [];
  const { stage, stop } = hooked([{
    onTick: ({ pool, reading }) => {
      assertEquals(pool, "default");
      ticks.push(reading.nowMs);
    },
    onDecision: ({ id }) => void ids.push(id),
  }]);
  await stage.clock.advance(10_500);
  stage.machine = { memoryRatio: .97, memoryAvailableBytes: 1e8 };
  await stage.clock.advance(5_000);
  await stop();
  assert(ticks.length >= 14 && ticks.length <= 17, `${ticks}`);
  assert(ids.length > 0);
  assertEquals(ids, stage.system.controller.decisions().map(({ id }) => id).slice(-ids.length));
});

Deno.test("hooks: who throws or takes too long is told of once a minute and holds nobody up", async () => {
  const ended: string[] = [];
  const never = new Promise<void>(() => {});
  const { stage, stop } = hooked([
    {
      onInit: () => Promise.reject(new Error("not now")),
      onTaskEnd() {
        throw new TypeError("no");
      },
    },
    { onTaskEnd: () => never },
    { onTaskEnd: ({ id }) => void ended.push(id) },
  ], 100);
  await stage.clock.advance(200);
  const jobs = stage.system.queue.submit(Array.from({ length: 5 }, () => orderOf()));
  await stage.clock.advance(300);
  assert(jobs.every(({ outcome }) => outcome?.type === "done"), "jobs don't wait for hooks");
  await stage.clock.advance(2_000);
  assertEquals(ended, ["j1", "j2", "j3", "j4", "j5"]);
  const messages = stage.facts.flatMap((fact) =>
    fact.type === "alert" && fact.code === "hook_failed" ? fact.message : []
  );
  assertEquals(messages, [
    "h0.onInit failed: Error: not now",
    "h0.onTaskEnd failed: TypeError: no",
    "h1.onTaskEnd took longer than 100 ms",
  ]);
  await stop();
});

Deno.test("hooks: without any, facts about jobs are not made", async () => {
  const { stage, stop } = hooked([{ onDecision: () => {} }]);
  await stage.clock.advance(500);
  stage.system.queue.submit([orderOf()]);
  await stage.clock.advance(500);
  const made = stage.system.journal.kept.filter(({ fact }) => fact.type === "jobs");
  assertEquals(made, []);
  await stop();
});

Deno.test("hooks: of the options come first, then those of the modules; what is none is refused", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "flyball-hooks-" });
  try {
    const file = `${folder}/mine.ts`;
    const out = `${folder}/out`;
    Deno.writeTextFileSync(
      file,
      `export default { onInit: () => Deno.writeTextFileSync(${
        JSON.stringify(out)
      }, "module\\n", ` +
        `{ append: true }) };`,
    );
    Deno.writeTextFileSync(`${folder}/empty.ts`, "export const onit = 1;");
    const inits = Promise.withResolvers<void>();
    {
      const hooks: Hooks = {
        onInit: () => {
          Deno.writeTextFileSync(out, "options\n", { append: true });
          inits.resolve();
        },
        onTaskEnd: ({ id, ending }) =>
          Deno.writeTextFileSync(out, `${id} ${ending}\n`, { append: true }),
      };
      await using runtime = await createRuntime({ hooks, config: { hooks: { modules: [file] } } });
      await inits.promise;
      await runtime.command(["true"]);
      await until(() => Deno.readTextFileSync(out).includes("done"));
    }
    assertEquals(Deno.readTextFileSync(out).split("\n").slice(0, 2), ["options", "module"]);
    const written = Deno.readTextFileSync(out);
    assert(/^\w+ done$/m.test(written), written);
    for (const module of [`${folder}/none.ts`, `${folder}/empty.ts`]) {
      const error = await assertRejects(() => loadHooks(undefined, [module]), Refusal);
      assertEquals([error.code, error.issues[0]!.pointer], ["invalid_hooks", "/hooks/modules/0"]);
      assert(error.message.startsWith(module), error.message);
    }
    const wrong = { onTick: 7 } as unknown as Hooks;
    assertEquals((await assertRejects(() => loadHooks(wrong, []), Refusal)).code, "invalid_hooks");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
