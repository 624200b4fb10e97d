/** A command whose beginning is told with its end. */
import { assertEquals } from "@std/assert";
import { commandGrant } from "../actors/grant.ts";
import { Slots } from "../actors/slots.ts";
import { jobOf, task } from "./orders.ts";

const operation = { ...task, grant: commandGrant };

for (
  const [what, part, latestMs, startedMs] of [
    ["a command began when it must have, to have ended by now", { operation }, 107, 107],
    ["a command did not begin before it was sent", { operation }, 99, 104],
    ["a command that was told of in time began then", { operation }, 111, 110],
    ["a task began when that was told", {}, 107, 110],
  ] as const
) {
  Deno.test(`late word: ${what}`, () => {
    const slots = new Slots();
    const job = jobOf(1, {}, part);
    slots.put(job);
    job.sentMs = 104;
    assertEquals(slots.begin(1, 110), [job]);
    assertEquals(slots.finish(job.slot, latestMs), job);
    assertEquals(job.startedMs, startedMs);
  });
}
