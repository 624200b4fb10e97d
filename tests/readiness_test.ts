/** What keeps a runtime from working. */
import { assertEquals } from "@std/assert";
import { unready } from "../actors/readiness.ts";

const quarantine = [{ seat: 1, until: "2026-01-01T00:00:00.000Z" }];
const cases: readonly [string, boolean, number, string, number, string | null][] = [
  ["a pool with workers", true, 2, "closed", 0, null],
  ["a pool that has shrunk to nothing", true, 0, "closed", 0, null],
  ["one seat of several in quarantine", true, 1, "closed", 1, null],
  ["all that is left in quarantine", true, 0, "closed", 1, "no_workers"],
  ["an open breaker and no worker", true, 0, "open", 0, "no_workers"],
  ["an open breaker and workers from before", true, 2, "open", 0, "breaker_open"],
  ["a first start after the breaker was open", true, 0, "halfOpen", 0, "no_workers"],
  ["a closing runtime", false, 2, "closed", 0, "not_ready"],
];
for (const [what, accepting, ready, breaker, held, code] of cases) {
  Deno.test(`readiness: ${what}: ${code ?? "ready"}`, () => {
    const restarts = {
      workersLost: 0,
      seatsWaiting: 0,
      quarantined: quarantine.slice(0, held),
      actors: 0,
    };
    const workers = { ready, starting: 0, draining: 0 };
    const pool = { workers, scaling: { breaker }, restarts } as unknown as Parameters<
      typeof unready
    >[1];
    assertEquals(unready(accepting, pool)?.code ?? null, code);
  });
}
