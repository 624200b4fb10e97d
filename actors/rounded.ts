/**
 * A reading without digits that nobody knows: what is recorded is what was decided by.
 *
 * @module
 */
import type { Reading } from "../messages/signals.ts";

/**
 * Ratios to a ten thousandth, times to a microsecond, cores to a thousandth, the rest whole; what is
 * no number stays. Field by field, as it is done for every look: a loop over names takes ten times
 * as long.
 */
export function rounded(reading: Reading): Reading {
  const coarse: Reading = {
    nowMs: fine(reading.nowMs, 1e3),
    wallMs: reading.wallMs,
    cores: fine(reading.cores, 1e3),
    cpuRatio: fine(reading.cpuRatio, 1e4),
    memoryRatio: fine(reading.memoryRatio, 1e4),
    memoryAvailableBytes: fine(reading.memoryAvailableBytes, 1),
    cpuPressureRatio: fine(reading.cpuPressureRatio, 1e4),
    memoryPressureRatio: fine(reading.memoryPressureRatio, 1e4),
    ioPressureRatio: fine(reading.ioPressureRatio, 1e4),
    swapBothBytesPerS: fine(reading.swapBothBytesPerS, 1),
    temperatureCelsius: fine(reading.temperatureCelsius, 1),
    burnRatio: fine(reading.burnRatio, 1),
    hostAgeMs: fine(reading.hostAgeMs, 1e3),
    hostStaleMs: fine(reading.hostStaleMs, 1e3),
    queued: fine(reading.queued, 1),
    oldestWaitMs: fine(reading.oldestWaitMs, 1e3),
    running: fine(reading.running, 1),
    commandsQueued: fine(reading.commandsQueued, 1),
    commandsRunning: fine(reading.commandsRunning, 1),
    commandsFinished: fine(reading.commandsFinished, 1),
    commandCores: fine(reading.commandCores, 1e3),
    workers: fine(reading.workers, 1),
    starting: fine(reading.starting, 1),
    idle: fine(reading.idle, 1),
    arrivals: fine(reading.arrivals, 1),
    finished: fine(reading.finished, 1),
    failed: fine(reading.failed, 1),
    timedOut: fine(reading.timedOut, 1),
    retried: fine(reading.retried, 1),
    durationMs: fine(reading.durationMs, 1e3),
    durationDeviationMs: fine(reading.durationDeviationMs, 1e3),
    heldRatio: fine(reading.heldRatio, 1e4),
    workerDemandRatio: fine(reading.workerDemandRatio, 1e4),
    workerStarvedRatio: fine(reading.workerStarvedRatio, 1e4),
    ownDemandRatio: fine(reading.ownDemandRatio, 1e4),
    workerBytes: fine(reading.workerBytes, 1),
    startP50Ms: fine(reading.startP50Ms, 1e3),
    startP95Ms: fine(reading.startP95Ms, 1e3),
    startP99Ms: fine(reading.startP99Ms, 1e3),
  };
  const { plugged, brownout, losses } = reading;
  if (plugged === undefined && brownout === undefined && losses === undefined) return coarse;
  return {
    ...coarse,
    ...(plugged && { plugged }),
    ...(brownout && { brownout }),
    ...(losses && { losses }),
  };
}

function fine(value: number, parts: number): number;
function fine(value: number | null, parts: number): number | null;
function fine(value: number | null, parts: number): number | null {
  return value === null ? null : Math.round(value * parts) / parts;
}
