/**
 * Handlers of `/api/v1/schedules`.
 *
 * @module
 */
import { refusalOf } from "../actors/admission.ts";
import { flaw } from "../actors/flaw.ts";
import { isObject } from "../actors/is_object.ts";
import type { Runtime } from "../actors/runtime.ts";
import type { ScheduleSpec } from "../messages/schedule.ts";
import { readJson } from "./body.ts";
import { type Call, type Handler, notFound, wholeNumber } from "./call.ts";
import { reply } from "./reply.ts";

/** Lists all schedules. */
export function listSchedules({ schedules }: Runtime): Handler {
  return async () => reply({ items: await schedules.list() });
}

/** Takes a schedule: `{ name, cron, job, … }`. */
export function addSchedule({ schedules }: Runtime): Handler {
  return async (call) => {
    const body = await readJson(call.req.raw);
    if (!isObject(body)) {
      throw refusalOf([flaw("invalid_schedule", "", "an object", body, "The body")]);
    }
    const { name, ...spec } = body;
    return reply(await schedules.add(name as string, spec as unknown as ScheduleSpec), 201);
  };
}

/** Shows one schedule, with `?next=20` that many of its instants. */
export function showSchedule({ schedules }: Runtime): Handler {
  return async (call) => {
    const count = wholeNumber(call, "next", { min: 1, max: 1_000 }, null);
    const name = nameOf(call);
    const view = await schedules.get(name) ?? missing(name);
    return reply(count === null ? view : { ...view, next: await schedules.next(name, count) });
  };
}

/** Pauses or resumes one: `{ "paused": true }`. */
export function patchSchedule({ schedules }: Runtime): Handler {
  return async (call) => {
    const name = nameOf(call);
    const body = await readJson(call.req.raw);
    const { paused } = isObject(body) ? body : {};
    if (typeof paused !== "boolean" || Object.keys(body as object).length > 1) {
      throw refusalOf([flaw("invalid_patch", "", "{ paused: true or false }", body, "A patch")]);
    }
    if (!await (paused ? schedules.pause(name) : schedules.resume(name))) missing(name);
    return reply(await schedules.get(name));
  };
}

/** Forgets one; its jobs stay. */
export function removeSchedule({ schedules }: Runtime): Handler {
  return async (call) => {
    const name = nameOf(call);
    return await schedules.remove(name) ? reply({ name, removed: true }) : missing(name);
  };
}

const nameOf = (call: Call) => call.req.param("name") ?? "";

function missing(name: string): never {
  throw notFound(`Schedule ${JSON.stringify(name.slice(0, 80))}`);
}
