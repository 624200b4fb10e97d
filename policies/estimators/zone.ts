/**
 * How far the clocks of a time zone are ahead of UTC.
 *
 * @module
 */

/** By how much at the instant `wallMs` (epoch), ms; null where there is no such zone. */
export function offsetMs(timeZone: string, wallMs: number): number | null {
  if (timeZone === "UTC") return 0;
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })
      .formatToParts(wallMs);
  } catch {
    return null;
  }
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes, seconds] = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? [];
  if (sign === undefined) return 0; // GMT itself has none.
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)) * 1_000;
  return sign === "-" ? -ms : ms;
}
