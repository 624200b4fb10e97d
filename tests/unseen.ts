/** What a host tells of which nothing can be seen. */
import type { HostStatus } from "../messages/status.ts";
import type { Vitals } from "../messages/vitals.ts";

/** All unknown. */
export const unseen: Vitals = {
  cpu: null,
  memory: null,
  group: null,
  pressure: { cpu: null, memory: null, io: null },
  disk: null,
  network: null,
  processes: null,
  load: null,
  temperatureCelsius: null,
  powerWatts: null,
  files: { open: null, openMax: null, own: null, ownMax: null },
  unknown: {},
};

/** The same as a status shows it. */
export const unseenHost: HostStatus = {
  cores: 2,
  cpuRatio: null,
  memoryRatio: null,
  memoryAvailableBytes: null,
  ageMs: 0,
  trees: [],
  ...unseen,
};
