/**
 * The windows of business metrics, in slots of time.
 *
 * @module
 */
import type { BusinessWindow } from "../../messages/business.ts";
import type { Step } from "../../messages/series.ts";

/** How long each window is, and which slots it is made of. */
export const windows: Readonly<
  Record<BusinessWindow, { readonly lengthMs: number; readonly step: Step }>
> = {
  "5m": { lengthMs: 300_000, step: "10s" },
  "1h": { lengthMs: 3_600_000, step: "1m" },
  "1d": { lengthMs: 86_400_000, step: "1h" },
  "7d": { lengthMs: 604_800_000, step: "1h" },
  "30d": { lengthMs: 2_592_000_000, step: "1d" },
};

/** Parts of a window that are compared to tell where a share goes. */
export const partsMax = 12;
