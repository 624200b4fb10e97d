/**
 * That a pool stays in its room: a million steps of pools by chance, each step what `fill` says.
 *
 * @module
 */
import type { Envelope } from "../../../messages/decision.ts";
import { fill } from "../../../policies/scaling/fill.ts";
import { mulberry } from "../../chance.ts";
import { atMost, type Row } from "../row.ts";

/** The row. */
export function boundsRows(quick: boolean): readonly Row[] {
  const steps = quick ? 10_000 : 1_000_000;
  return [{
    line: "pools by chance: steps that leave the room they have, or start and retire at once",
    run: () => Promise.resolve(atMost(strayed(steps), 0, "steps", `of ${steps}`)),
  }];
}

/** Goes so many steps from the states that earlier ones led to; how many were wrong. */
function strayed(steps: number): number {
  const chance = mulberry(7);
  const nat = (most: number) => Math.floor(chance() * (most + 1));
  let [wrong, ready, starting, nowMs] = [0, 0, 0, 0];
  let envelope = roomOf(nat);
  for (let i = 0; i < steps; i++) {
    if (nat(20) === 0) envelope = roomOf(nat);
    nowMs += nat(50);
    const came = nat(starting);
    [ready, starting] = [ready + came - Math.min(ready, nat(30) === 0 ? 1 : 0), starting - came];
    const queued = nat(3) === 0 ? 0 : nat(60);
    const idleSinceMs = Array.from({ length: nat(ready) }, () => nowMs - nat(6_000))
      .sort((one, other) => one - other);
    const { spawn, retire } = fill(envelope, {
      ...{ ready, starting, held: 0, closed: 0, queued, idleSinceMs, backlogSinceMs: null },
      headSinceMs: queued > 0 ? nowMs - nat(300) : null,
      startsMax: nat(10),
    }, nowMs);
    const before = ready + starting;
    const after = before + spawn - retire;
    const isOne = spawn === 0 || retire === 0;
    const isWithin = after <= Math.max(envelope.cap, 0) &&
      after >= Math.min(envelope.floor, before);
    if (!isOne || !isWithin || spawn < 0 || retire < 0) wrong++;
    starting += spawn;
    const lost = Math.min(starting, Math.max(0, retire - ready));
    [ready, starting] = [ready - Math.min(ready, retire), starting - lost];
  }
  return wrong;
}

function roomOf(nat: (most: number) => number): Envelope {
  const floor = nat(20);
  return {
    ...{ floor, cap: floor + nat(20), runningMax: null, commandsMax: null, spares: nat(4) },
    spawn: nat(3) === 0 ? null : { lagMs: nat(200), queuePer: 1 + nat(4) },
    keepAliveMs: nat(5_000),
  };
}
