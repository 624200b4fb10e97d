/**
 * All faults: the list is the registry.
 *
 * @module
 */
import type { Fault } from "./fault.ts";
import { dribble, talkGarbage } from "./faults/callers.ts";
import { flood, fork } from "./faults/jobs.ts";
import { fewFiles, fillDisk } from "./faults/room.ts";
import { freezeService, jumpClock, killService } from "./faults/service.ts";
import { killWorker, napWorker, stopWorker } from "./faults/workers.ts";

/** What can go wrong. */
export const faults: readonly Fault[] = [
  killWorker,
  stopWorker,
  napWorker,
  killService,
  freezeService,
  jumpClock,
  fillDisk,
  fewFiles,
  talkGarbage,
  dribble,
  flood,
  fork,
];
