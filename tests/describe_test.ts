/** What a worker tells of its tasks, from one that is scripted. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe } from "../actors/describe.ts";
import { programGrant } from "../actors/grant.ts";
import type { Processes, WorkerEvents } from "../actors/ports.ts";
import { registerPrograms } from "../actors/programs.ts";
import { Refusal } from "../actors/refusal.ts";
import { ManualClock } from "./manual_clock.ts";

/** Processes that do what `script` does, and end when they are killed. */
function scripted(script: (events: WorkerEvents, said: string[]) => void) {
  const said: string[] = [];
  const processes: Processes = {
    spawn(_options, events) {
      queueMicrotask(() => script(events, said));
      return {
        pid: 1,
        queuedBytes: 0,
        send: (items) => void said.push(items),
        kill: (signal) => events.exited({ code: 137, signal, stderrTail: "" }),
        left: () => {},
      };
    },
    sweep: () => 0,
    close() {},
  };
  return { said, processes, clock: new ManualClock() };
}

const program = { name: "mine", command: ["mine", "--fast"], cwd: null, env: {} };
const question = {
  sources: ["a", "b"],
  grant: programGrant(program, "describe"),
  refuse: (code: string, source: string, because: string) =>
    new Refusal(code, `${source}: ${because}`),
};

Deno.test("describe: answers come in the order of the questions, and others are not heard", async () => {
  const ports = scripted((events) => {
    events.connected(1);
    events.frame([21, 27, 7, "nobody asked", 27, 1, "second"]);
    events.frame([29, 1, 27, 0, "first"]);
  });
  assertEquals(await describe(question, ports), ["first", "second"]);
  assertEquals(ports.said, ['4,0,"a"', '4,1,"b"']);
  assertEquals(ports.clock.pending, 0);
});

for (
  const [what, script, because] of [
    ["says no hello", () => {}, "a: no answer within 10 s, not even a hello with its generation"],
    ["answers half", (events: WorkerEvents) => {
      events.connected(1);
      events.frame([27, 0, "first"]);
    }, "b: no answer within 10 s"],
  ] as const
) {
  Deno.test(`describe: one who ${what} is given up after 10 s`, async () => {
    const ports = scripted(script);
    const told = assertRejects(() => describe(question, ports), Refusal, because);
    await ports.clock.advance(9_999);
    assertEquals(ports.clock.pending, 1);
    await ports.clock.advance(1);
    assertEquals((await told).code, "load_timeout");
  });
}

Deno.test("describe: time in which we were stopped ourselves is not counted", async () => {
  let worker!: WorkerEvents;
  const ports = scripted((events) => worker = events);
  const told = describe(question, ports);
  await ports.clock.advance(5_000);
  ports.clock.skip(60_000);
  await ports.clock.advance(1);
  worker.connected(1);
  worker.frame([27, 0, "first", 27, 1, "second"]);
  assertEquals(await told, ["first", "second"]);
});

for (
  const [what, script, because] of [
    ["speaks another version", (events: WorkerEvents) => events.garbage("it speaks protocol 2")],
    ["breaks the rules", (events: WorkerEvents) => events.frame([99]), "unknown kind 99 at 0"],
  ] as const
) {
  Deno.test(`describe: one who ${what} is told by what was wrong, not by its end`, async () => {
    const words = `protocol_error: ${because ?? "it speaks protocol 2"}`;
    const refusal = await assertRejects(() => describe(question, scripted(script)), Refusal, words);
    assertEquals(refusal.code, "task_load_failed");
  });
}

const answering = (answer: unknown) =>
  scripted((events) => {
    events.connected(1);
    events.frame([27, 0, answer]);
  });

Deno.test("programs: their tasks follow ours, with the next numbers and the checks of their inputs", async () => {
  const path = { type: "string" };
  const inputSchema = { type: "object", properties: { path }, required: ["path"] };
  const ports = answering({ ok: true, tasks: { count: { inputSchema }, free: {} } });
  const grant = programGrant(program, "task");
  const ours = [{ number: 1, name: "own", source: "file:///own.ts", grant, slotsMax: 4 }];
  const { name: _, ...said } = program;
  const [own, count, free, ...more] = await registerPrograms({ mine: said }, ours, ports, 9);
  assertEquals([own, more], [ours[0], []]);
  assertEquals([count!.number, count!.name, count!.slotsMax], [2, "count", 9]);
  assertEquals([free!.number, free!.grant.key, free!.check], [3, count!.grant.key, null]);
  assertEquals(count!.grant.program, program);
  assertEquals(count!.check!({ path: "a" }, "/input"), []);
  assertEquals(count!.check!({}, "/input")[0]!.code, "invalid_input");
});

Deno.test("programs: what is no description is refused, with what is wrong with it", async () => {
  const { name: _, ...said } = program;
  const shape = 'it must tell { "ok": true, "tasks": { NAME: {} } }, given ';
  for (
    const [answer, because] of [
      ...[null, 7, [], {}, { ok: true }, { tasks: [] }].map((answer) => [answer, shape] as const),
      [{ ok: true, tasks: {} }, "it must have 1 to 1000 tasks, given 0"],
      [{ ok: true, tasks: { "no name": {} } }, 'names of tasks must match .*, given "no name"'],
      [{ ok: false, message: "its model is missing" }, "its model is missing"],
      [{ ok: false }, "it does not say why"],
    ] as const
  ) {
    const call = () => registerPrograms({ mine: said }, [], answering(answer), 9);
    const refusal = await assertRejects(call, Refusal);
    assertEquals(refusal.code, "bad_program");
    const head = "Cannot use program mine (mine --fast): ";
    assertEquals(refusal.message.slice(0, head.length), head);
    const told = refusal.message.slice(head.length);
    assert(told.startsWith(because) || new RegExp(because).test(told), told);
  }
});
