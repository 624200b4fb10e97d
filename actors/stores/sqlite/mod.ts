/**
 * The durable store: one SQLite file in the data directory, written by a thread of its own.
 *
 * @module
 */
import type { Clock, Store } from "../../ports.ts";
import { Refusal } from "../../runtime.ts";
import { connect } from "./connect.ts";
import { lockDirectory } from "./lock.ts";
import type { Retention } from "./protocol.ts";
import { openTrail } from "./trail_file.ts";

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** Data directory; created for this user alone where it is missing. */
  readonly directory: string;
  /** For the ages of jobs. Default: the system's wall clock. */
  readonly clock?: Pick<Clock, "wallMs">;
  /** `NORMAL` may lose the last commits at a power loss. Default `FULL`. */
  readonly synchronous?: "FULL" | "NORMAL";
  /** What is kept of ended jobs. */
  readonly retention?: Partial<Retention>;
  /** Hears of each commit when it has returned in the thread: its lsn and when, epoch ms. */
  readonly onSynced?: (lsn: number, atMs: number) => void;
}

/** The database's name in the data directory. */
const fileName = "flyball.db";
const trailName = "flyball.trail";

const day = 86_400_000;
const defaultRetention: Retention = { doneMs: day, othersMs: 14 * day, rowsMax: 100_000 };

/**
 * Opens the store of a data directory and begins a new epoch in it. Rejects with Refusal
 * `cannot_create`, `already_running`, `bad_store` or `schema_newer`. Close it to let go of the
 * directory.
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const directory = createDirectory(options.directory);
  const lock = lockDirectory(directory);
  const trail = openTrail(`${directory}/${trailName}`);
  try {
    return await connect({
      path: `${directory}/${fileName}`,
      synchronous: options.synchronous ?? "FULL",
      retention: { ...defaultRetention, ...options.retention },
      wallMs: () => options.clock?.wallMs() ?? Date.now(),
      onSynced: options.onSynced ?? (() => {}),
      trail,
      onClosed() {
        trail.close();
        lock.release();
      },
    });
  } catch (error) {
    trail.close();
    lock.release();
    throw error;
  }
}

/** Makes the directory where it is missing; returns its full path. */
function createDirectory(directory: string): string {
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    return Deno.realPathSync(directory);
  } catch (error) {
    throw new Refusal(
      "cannot_create",
      `Cannot create the data directory ${directory}: ${(error as Error).message}. ` +
        "Choose a path where this user may make one.",
    );
  }
}
