/** Sizes by the time of the day and the week, in the time of a zone. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { offsetMs } from "../policies/estimators/zone.ts";
import { bind } from "../policies/scaling/mod.ts";
import { readingOf } from "./readings.ts";

const work = ["mon", "tue", "wed", "thu", "fri"];

/** Floor and cap at an instant. */
function at(options: object, ...instants: string[]) {
  const stepper = bind("schedule", options);
  return instants.map((instant) => {
    const { floor, cap } = stepper.step(readingOf({ wallMs: Date.parse(instant) }));
    return [floor, cap];
  });
}

Deno.test("schedule: keeps a floor and a cap while a window is open", () => {
  const windows = [{ days: work, from: "08:00", to: "18:00", min: 4, max: 20 }];
  assertEquals(
    at(
      { windows },
      "2026-11-20T07:59:59Z",
      "2026-11-20T08:00:00Z",
      "2026-11-20T17:59:59Z",
      "2026-11-20T18:00:00Z",
      "2026-11-21T12:00:00Z",
    ),
    [[0, undefined], [4, 20], [4, 20], [0, undefined], [0, undefined]],
  );
});

Deno.test("schedule: the highest floor and the lowest cap of open windows hold", () => {
  const windows = [{ min: 2 }, { from: "09:00", to: "17:00", min: 6, max: 30 }, {
    from: "12:00",
    to: "13:00",
    max: 4,
  }];
  assertEquals(
    at({ windows }, "2026-11-20T08:00:00Z", "2026-11-20T10:00:00Z", "2026-11-20T12:30:00Z"),
    [[2, undefined], [6, 30], [4, 4]],
  );
});

Deno.test("schedule: a window that ends before it begins lasts into the next day", () => {
  const windows = [{ days: ["fri"], from: "22:00", to: "06:00", min: 8 }];
  const hours = ["20T21:59", "20T22:00", "21T05:59", "21T06:00", "21T22:00", "20T05:00"];
  const floors = at({ windows }, ...hours.map((hour) => `2026-11-${hour}:00Z`));
  assertEquals(floors.map(([floor]) => floor), [0, 8, 8, 0, 0, 0]);
});

Deno.test("schedule: follows the clocks of its zone when they are changed", () => {
  const windows = [{ from: "08:00", to: "18:00", min: 4 }];
  const options = { timeZone: "Europe/Berlin", windows };
  const floors = at(
    options,
    "2026-10-24T05:59:00Z",
    "2026-10-24T06:00:00Z",
    "2026-10-25T06:59:00Z",
    "2026-10-25T07:00:00Z",
  );
  assertEquals(floors.map(([floor]) => floor), [0, 4, 0, 4]);
  const east = { timeZone: "Asia/Kathmandu", windows };
  assertEquals(at(east, "2026-11-20T02:14:59Z", "2026-11-20T02:15:00Z"), [[0, undefined], [
    4,
    undefined,
  ]]);
});

Deno.test("schedule: agrees with the calendar at any instant", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
  ];
  const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const instants = fc.integer({ min: 0, max: 4e12 });
  fc.assert(fc.property(fc.constantFrom(...zones), instants, (timeZone, wallMs) => {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
    }).formatToParts(wallMs);
    const part = (name: string) => parts.find(({ type }) => type === name)!.value;
    const [hour, day] = [Number(part("hour")), part("weekday").toLowerCase()];
    assertEquals(names.includes(day), true);
    const pad = (hour: number) => String(hour).padStart(2, "0");
    const windows = [{ days: [day], from: `${pad(hour)}:00`, to: `${pad(hour + 1)}:00`, min: 3 }];
    const [floor] = at({ timeZone, windows }, new Date(wallMs).toISOString())[0]!;
    assertEquals(floor, 3);
  }));
});

Deno.test("schedule: without the time of the day what was stays", () => {
  const stepper = bind("schedule", { windows: [{ min: 5 }] });
  const floors = [0, null, NaN].map((wallMs) => stepper.step(readingOf({ wallMs })).floor);
  assertEquals(floors, [5, 5, 5]);
});

Deno.test("schedule: says what is wrong with a window or a zone", () => {
  const wrong: [object, string][] = [
    [{ timeZone: "Europe/Nowhere" }, "is not the name of a time zone"],
    [{ windows: [{ from: "8:00" }] }, "a time of the day such as"],
    [{ windows: [{ days: ["monday"] }] }, "mon"],
    [{ windows: [{ min: 4, max: 2 }] }, "min"],
  ];
  for (const [options, words] of wrong) {
    assertThrows(() => bind("schedule", options), Error, words);
  }
  assertEquals([offsetMs("UTC", 0), offsetMs("x", 0), offsetMs("America/New_York", 0)], [
    0,
    null,
    -18_000_000,
  ]);
});
