import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  durationMsMax,
  parseBytes,
  parseDurationMs,
  parseRatio,
  parserOf,
} from "../actors/units.ts";

Deno.test("units: durations are numbers of ms or texts with a unit", () => {
  assertEquals(parseDurationMs(1500), 1500);
  assertEquals(parseDurationMs("10ms"), 10);
  assertEquals(parseDurationMs("1.5 s"), 1500);
  assertEquals(parseDurationMs("10m"), 600_000);
  assertEquals(parseDurationMs("1h"), 3_600_000);
  assertEquals(parseDurationMs("14d"), 1_209_600_000);
});

Deno.test("units: a text without a unit or with a strange one is refused with the reason", () => {
  assertThrows(() => parseDurationMs("10"), RangeError, "a text needs a unit");
  assertThrows(() => parseDurationMs("10 parsecs"), RangeError, "units are ms, s, m, h, d");
  assertThrows(() => parseDurationMs("400d"), RangeError, "24.8 days");
  for (const given of ["", "s", "-5s", "1e3s", "10m ", "1_000ms", "constructor", "5toString"]) {
    assertThrows(() => parseDurationMs(given), RangeError, "expected a duration");
  }
  for (const given of [-1, NaN, Infinity]) {
    assertThrows(() => parseDurationMs(given), RangeError, "expected a duration");
  }
});

Deno.test("units: sizes know decimal and binary units", () => {
  assertEquals(parseBytes("50MB"), 50_000_000);
  assertEquals(parseBytes("1GiB"), 2 ** 30);
  assertEquals(parseBytes("1.5KiB"), 1536);
  assertThrows(() => parseBytes("50"), RangeError, "a text needs a unit");
  assertThrows(() => parseBytes("1 mb"), RangeError, "units are B, kB");
  assertThrows(() => parseBytes("999999TiB"), RangeError, "8 PiB");
});

Deno.test("units: a ratio is 0..1 or a percentage", () => {
  assertEquals(parseRatio(0.75), 0.75);
  assertEquals(parseRatio("75%"), 0.75);
  assertEquals(parseRatio(1), 1);
  for (const given of [75, 7500, "75", "0.75", "101%", -0.1]) {
    assertThrows(() => parseRatio(given), RangeError, "expected a ratio 0..1");
  }
});

Deno.test("units: the end of a key names its unit", () => {
  assertEquals(parserOf("cooldownMs"), parseDurationMs);
  assertEquals(parserOf("bytesMax"), parseBytes);
  assertEquals(parserOf("memoryHighRatio"), parseRatio);
  assertEquals(parserOf("workers"), null);
});

Deno.test("units: what is written is what is read", () => {
  const units = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
  fc.assert(fc.property(
    fc.constantFrom(...Object.entries(units)),
    fc.nat(durationMsMax),
    ([unit, factor], amount) => {
      const expectedMs = amount * factor;
      if (expectedMs > durationMsMax) {
        assertThrows(() => parseDurationMs(`${amount}${unit}`), RangeError);
      } else {
        assertEquals(parseDurationMs(`${amount}${unit}`), expectedMs);
        assertEquals(parseDurationMs(expectedMs), expectedMs);
      }
    },
  ));
  fc.assert(fc.property(fc.integer({ min: 0, max: 100 }), (percent) => {
    assertEquals(parseRatio(`${percent}%`), percent / 100);
  }));
});

Deno.test("units: any text is read as a bounded number or refused, never as something else", () => {
  const parsers = [parseDurationMs, parseBytes, parseRatio];
  fc.assert(fc.property(fc.constantFrom(...parsers), fc.string(), (parse, text) => {
    try {
      const value = parse(text);
      assertEquals(Number.isFinite(value) && value >= 0, true);
    } catch (error) {
      assertEquals(error instanceof RangeError, true, String(error));
    }
  }));
});
