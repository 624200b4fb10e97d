/**
 * Metrics for OpenTelemetry, where anybody is registered with it.
 *
 * @module
 */
import type { Status } from "../../messages/status.ts";
import type { Scraped } from "../exports/scrape.ts";
import { isTraced } from "./port.ts";

/** Tells OpenTelemetry how things are; returns the way to stop. */
export async function metered(system: Scraped, status: () => Status): Promise<() => void> {
  if (!isTraced()) return () => {};
  const { openMeters } = await import("./meters.ts");
  const { scrape } = await import("../exports/scrape.ts");
  return await openMeters(() => scrape(system, status()));
}
