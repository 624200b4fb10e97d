/**
 * How far back charts reach.
 *
 * @module
 */
import { h } from "preact";
import { signal } from "@preact/signals";
import { rememberedS } from "./feed.ts";

/** The ranges one can choose from, by what the API calls them. */
export const ranges = {
  "2m": 120,
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
  "30d": 2_592_000,
} as const;

/** Windows that the service keeps sums of. */
export const windows = ["5m", "1h", "1d", "7d", "30d"] as const;

/** Name of a range. */
export type Range = keyof typeof ranges;

/** The range that is shown. */
export const range = signal<Range>("2m");

/** Its length, s. */
export const rangeS = (): number => ranges[range.value];

/** Whether all of it is young enough for the page to have seen it four times a second. */
export const isLive = (): boolean => rangeS() <= rememberedS;

/** What the API calls the range: whole slots are asked for. */
export const asked = (): string => range.value === "2m" ? "5m" : range.value;

/** Length of a slot for this range, by its name and in ms. */
export function slot(): { readonly step: string; readonly ms: number } {
  const seconds = rangeS();
  if (seconds <= 3_600) return { step: "10s", ms: 10_000 };
  if (seconds <= 86_400) return { step: "1m", ms: 60_000 };
  return { step: "1h", ms: 3_600_000 };
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly of: readonly T[];
  readonly chosen: T;
  readonly onChoose: (chosen: T) => void;
  /** How one is called; default: as it is. */
  readonly says?: (each: T) => string;
}

/** A row of buttons of which one is pressed. */
export function Choice<T extends string>({ name, of, chosen, onChoose, says }: ChoiceProps<T>) {
  return (
    <div class="choice" role="group" aria-label={name}>
      {of.map((each) => (
        <button
          type="button"
          key={each}
          aria-pressed={each === chosen}
          onClick={() => onChoose(each)}
        >
          {says?.(each) ?? each}
        </button>
      ))}
    </div>
  );
}

/** The buttons that choose the range. */
export const RangeChoice = () => (
  <Choice
    name="Range"
    of={Object.keys(ranges) as Range[]}
    chosen={range.value}
    onChoose={(chosen) => range.value = chosen}
  />
);
