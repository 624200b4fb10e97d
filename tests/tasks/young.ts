/** Makes objects of which many outlive a collection, and tells how much room they were given, bytes. */
import { getHeapSpaceStatistics } from "node:v8";
import { defineTask } from "../../task.ts";

/** Kept at a time, and made in all. */
const kept = 50_000;
const made = 2_000_000;

export default defineTask({
  run() {
    const ring: unknown[] = [];
    let roomBytes = 0;
    for (let i = 0; i < made; i++) {
      ring[i % kept] = { i, next: [i] };
      if (i % kept === 0) roomBytes = Math.max(roomBytes, youngBytes());
    }
    return roomBytes;
  },
});

const youngBytes = () =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")!.space_size;
