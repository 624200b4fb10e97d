/**
 * Reads which periods are to be compared.
 *
 * @module
 */
import type { AuditQuery } from "../../messages/audit.ts";
import type { BusinessWindow } from "../../messages/business.ts";
import type { Step } from "../../messages/series.ts";
import { windows } from "../business/time.ts";
import { Flaws } from "../series/parse.ts";
import { keptMs, slotAt, stepMs, steps } from "../series/steps.ts";

/** Two periods in slots of one length. */
export interface Periods {
  readonly window: BusinessWindow;
  readonly step: Step;
  /** Begin and end of the one before, epoch ms. */
  readonly beforeFrom: number;
  readonly beforeTo: number;
  /** Begin and end of the latest one. */
  readonly from: number;
  readonly to: number;
  readonly operation?: string;
  readonly projectId?: string;
}

/** Reads a query asked at `wallMs`; throws Refusal with every flaw. */
export function periodsOf(given: AuditQuery, wallMs: number): Periods {
  const flaws = new Flaws();
  flaws.fields(given, ["window", "against", "operation", "projectId"]);
  const { window = "1h", against, ...wanted } = given;
  const names = Object.keys(windows);
  flaws.choice("window", names, window);
  flaws.choice("against", names, against);
  flaws.filter(wanted);
  flaws.throw();
  const { lengthMs, step: usual } = windows[window];
  const agoMs = windows[against ?? window].lengthMs;
  if (agoMs < lengthMs) flaws.refuse("against", `${window} or longer, as the window is`, against);
  flaws.throw();
  // What is so old must still be there.
  const step = steps.slice(steps.indexOf(usual)).find((step) => agoMs + lengthMs < keptMs[step])!;
  const from = slotAt(step, wallMs - lengthMs);
  const slots = Math.ceil(agoMs / stepMs[step]) * stepMs[step];
  return {
    ...{ window, step, from, to: wallMs, ...wanted },
    ...{ beforeFrom: from - slots, beforeTo: wallMs - slots },
  };
}
