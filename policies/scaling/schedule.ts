/**
 * Sizes by the time of the day and the day of the week.
 *
 * @module
 */
import { z } from "zod/mini";
import { offsetMs } from "../estimators/zone.ts";
import { scalingPolicy } from "../policy.ts";
import { known } from "./blind.ts";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const dayMs = 86_400_000;
const clock = z.string().check(
  z.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'a time of the day such as "08:30"' }),
);

const window = z.strictObject({
  days: z._default(z.array(z.enum(days)).check(z.minLength(1)), [...days]),
  from: z._default(clock, "00:00"),
  to: z._default(clock, "24:00"),
  min: z._default(z.int().check(z.nonnegative()), 0),
  max: z._default(z.nullable(z.int().check(z.positive())), null),
}).check(z.refine(({ min, max }) => max === null || min <= max, {
  path: ["min"],
  params: { atMost: "max" },
}));

const options = z.strictObject({
  timeZone: z._default(
    z.string().check(
      z.refine((zone) => offsetMs(zone, 0) !== null, { error: "is not the name of a time zone" }),
    ),
    "UTC",
  ).check(z.describe("Zone of all times: `Europe/Berlin`.")),
  windows: z._default(z.array(window).check(z.maxLength(64)), []).check(
    z.describe(
      "On `days` (`mon` to `sun`; default all), `from` a time `to` another, at least `min` and at " +
        "most `max` workers. One that ends before it begins lasts into the next day.",
    ),
  ),
});

type Window = z.infer<typeof window>;

/** Zones change their clocks at a quarter of an hour. */
const quarterMs = 900_000;

interface Memory {
  /** What the zone's clocks are ahead of UTC, and until when that is sure, epoch ms. */
  readonly ahead: { readonly byMs: number; readonly untilMs: number } | null;
  /** The minute since the epoch for which all of this holds. */
  readonly minute: number | null;
  readonly floor: number;
  readonly cap: number | null;
  readonly because: string;
}

/** A floor and a cap for each window of the week; the highest floor and the lowest cap hold. */
export const schedule = scalingPolicy({
  name: "schedule",
  help: "Keeps a floor and a cap in windows of the day and the week, in any time zone.",
  options,
  everyMs: () => 1_000,
  start: (): Memory => ({
    ahead: null,
    minute: null,
    floor: 0,
    cap: null,
    because: "no window is open",
  }),
  step: (memory, { wallMs }, { timeZone, windows }) => {
    if (!known(wallMs)) {
      return [propose(memory, "held: the time of the day is unknown"), memory];
    }
    const minute = Math.floor(wallMs / 60_000);
    if (minute === memory.minute) return [propose(memory, memory.because), memory];
    const ahead = memory.ahead !== null && wallMs < memory.ahead.untilMs &&
        wallMs >= memory.ahead.untilMs - quarterMs
      ? memory.ahead
      : {
        byMs: offsetMs(timeZone, wallMs) ?? 0,
        untilMs: (Math.floor(wallMs / quarterMs) + 1) * quarterMs,
      };
    const localMs = wallMs + ahead.byMs;
    const open = windows.filter((window) => isOpen(window, localMs));
    const floor = Math.max(0, ...open.map(({ min }) => min));
    const caps = open.flatMap(({ max }) => max ?? []);
    const cap = caps.length === 0 ? null : Math.min(...caps);
    const because = open.length === 0
      ? "no window is open"
      : `open: ${open.map(({ from, to }) => `${from} to ${to}`).join(", ")}`;
    const next = { ahead, minute, floor: Math.min(floor, cap ?? floor), cap, because };
    return [propose(next, because), next];
  },
});

function propose({ floor, cap }: Memory, because: string) {
  return { floor, ...(cap !== null && { cap }), because };
}

/** Whether `localMs`, the wall time of the zone, lies in a window that began today or yesterday. */
function isOpen({ days: on, from, to }: Window, localMs: number): boolean {
  const day = Math.floor(localMs / dayMs);
  const atMs = localMs - day * dayMs;
  const [fromMs, toMs] = [msOf(from), msOf(to)];
  const begins = (day: number) => on.includes(days[(((day + 3) % 7) + 7) % 7]!);
  if (fromMs < toMs) return begins(day) && atMs >= fromMs && atMs < toMs;
  return (begins(day) && atMs >= fromMs) || (begins(day - 1) && atMs < toMs);
}

function msOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours! * 60 + minutes!) * 60_000;
}
