/**
 * Plays: readable transcripts of machines. A line starting with `>` is an input, the lines under it
 * are what happened. Run with `UPDATE=1` to rewrite what happened, then read the diff before you
 * keep it.
 */
import { assertEquals } from "@std/assert";
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  transition,
} from "xstate";
import { machines, timers } from "../machines/mod.ts";
import { restartsOptions } from "../machines/restarts.ts";
import { runOptions } from "../machines/run.ts";
import { inForce, may, scalingOptions, type ScalingSnapshot } from "../machines/scaling.ts";
import { alertOptions } from "../machines/alert.ts";
import { breakerOptions } from "../machines/breaker.ts";
import { workerOptions } from "../machines/worker.ts";
import { envelope } from "./walks.ts";

type Fields = Record<string, string | number>;

const fields = (pairs: readonly string[]): Fields =>
  Object.fromEntries(pairs.map((pair) => {
    const [name, value] = pair.split("=") as [string, string];
    return [name, Number.isNaN(Number(value)) ? value : Number(value)];
  }));

/** What each machine is started with: `machine scaling floor=1 cap=2 workers=2`. */
const inputs: Record<string, (given: Fields) => unknown> = {
  scaling: ({ floor, cap, workers, upMs = 0, downMs = 0, ...options }) => ({
    workers,
    envelope: envelope(Number(floor), Number(cap)),
    options: scalingOptions.parse({ ...options, cooldownMs: { up: upMs, down: downMs } }),
  }),
  worker: (options) => ({
    seat: 0,
    generation: 1,
    nowMs: 0,
    options: workerOptions.parse(options),
  }),
  run: ({ always, timeoutMs = 0 }) => ({
    nowMs: 0,
    options: runOptions.parse({
      persists: String(always).split(",").map((word) => word === "always"),
      timeoutMs: Number(timeoutMs) || null,
    }),
  }),
  restarts: (options) => ({ options: restartsOptions.parse(options) }),
  alert: (options) => ({ options: alertOptions.parse(options) }),
  breaker: (options) => ({ nowMs: 0, options: breakerOptions.parse(options) }),
};

/** `{ draining: "killed" }` as `draining.killed`. */
const path = (value: unknown): string =>
  typeof value === "object"
    ? Object.entries(value!).map(([state, inner]) => `${state}.${path(inner)}`).join(" ")
    : String(value);

const parts = (value: unknown, parallel: boolean): Record<string, string> =>
  parallel
    ? Object.fromEntries(Object.entries(value as object).map(([r, s]) => [`${r} `, path(s)]))
    : { "": path(value) };

const room = (snapshot: AnyMachineSnapshot): string => {
  const { floor, cap, runningMax } = inForce(snapshot as ScalingSnapshot);
  return `room ${floor}..${cap}${runningMax === 0 ? ", no jobs" : ""}`;
};

/** A machine on stage. */
function enter(name: string, given: Fields) {
  const machine = machines[name as keyof typeof machines] as AnyStateMachine;
  const parallel = machine.root.type === "parallel";
  const [first, effects] = initialTransition(machine, inputs[name]!(given) as never);
  let snapshot: AnyMachineSnapshot = first;
  let nowMs = 0;
  let decision = 0;

  /** Sends one message and says what came of it. */
  function tell(message: { readonly type: string } & Fields): string {
    const { floor, cap, ...rest } = message;
    const proposal = message.type === "proposed"
      ? { decision: ++decision, envelope: envelope(Number(floor), Number(cap)) }
      : {};
    const sent = { because: "said so", generation: 1, ...rest, ...proposal, nowMs };
    const before = snapshot;
    const [after, effects] = transition(machine, before, sent as never);
    snapshot = after;
    const [was, is] = [parts(before.value, parallel), parts(after.value, parallel)];
    const moves = Object.keys(is).filter((region) => is[region] !== was[region])
      .map((region) => `${region}${was[region]} -> ${is[region]}`);
    const refused = message.type === "proposed" && after.context.adopted.decision !== decision
      ? [`refused: ${may((before as ScalingSnapshot).value).because}`]
      : [];
    const rooms = name === "scaling" && room(before) !== room(after) ? [room(after)] : [];
    return [...moves, ...refused, ...named(effects), ...rooms].join("; ") || "nothing";
  }

  /** Lets time pass; due timers end one at a time, in order. */
  function wait(forMs: number): readonly string[] {
    const untilMs = nowMs + forMs;
    const told: string[] = [];
    while (told.length < 100) {
      const [next] = Object.entries(timers(snapshot as never)).sort((a, b) => a[1] - b[1]);
      if (next === undefined || next[1] > untilMs) {
        nowMs = untilMs;
        return told.length > 0 ? told : ["nothing"];
      }
      nowMs = next[1];
      told.push(`${nowMs} ms, ${next[0]}: ${tell({ type: "elapsed", timer: next[0] })}`);
    }
    throw new Error(`Timers do not end:\n${told.slice(-3).join("\n")}`);
  }

  const opening = [...Object.entries(parts(snapshot.value, parallel)).map((pair) => pair.join(""))];
  return { tell, wait, opening: [opening.join(", "), ...named(effects)].join("; ") };
}

/** Effects as `announce ready`; what XState does by itself is not shown. */
const named = (effects: readonly { readonly type: string; readonly params?: unknown }[]) =>
  effects.filter(({ type }) => !type.startsWith("xstate."))
    .map(({ type, params }) => [type, ...Object.values((params ?? {}) as Fields)].join(" "));

function perform(script: string): string {
  const out: string[] = [];
  let stage: ReturnType<typeof enter> | undefined;
  for (const line of script.split("\n")) {
    const [head = "", ...rest] = line.replace(/^>/, "").trim().split(/\s+/);
    if (line.startsWith("#") || line.trim() === "") out.push(line);
    else if (line.startsWith("> machine ")) {
      const [name, ...given] = rest;
      stage = enter(name!, fields(given));
      out.push(line, stage.opening);
    } else if (line.startsWith("> wait ")) out.push(line, ...stage!.wait(Number(rest[0])));
    else if (line.startsWith(">")) {
      out.push(line, stage!.tell({ type: head, ...fields(rest) }));
    } // Anything else is an outcome, and is found anew.
  }
  return out.join("\n");
}

const folder = new URL("./plays/", import.meta.url);
for (const { name } of Deno.readDirSync(folder)) {
  Deno.test(`play: ${name.replace(".play", "").replaceAll("_", " ")}`, () => {
    const file = new URL(name, folder);
    const script = Deno.readTextFileSync(file);
    const played = perform(script);
    if (Deno.env.get("UPDATE") === "1") Deno.writeTextFileSync(file, played);
    else assertEquals(played, script);
  });
}
