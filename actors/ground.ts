/**
 * What a runtime stands on: its store and its host. They can be opened while the rest of the runtime
 * is still being loaded.
 *
 * @module
 */
import type { Config } from "./config.ts";
import { commandGrant } from "./grant.ts";
import { folder, openHost, type RealHost } from "./host.ts";
import type { Store } from "./ports.ts";
import type { RuntimeOptions } from "./runtime_options.ts";
import { memoryStore } from "./stores/memory.ts";
import { Vanguard } from "./vanguard.ts";

/** The first worker of the first pool, as its pool will ask for it. */
const firstSeat = { seat: 1, generation: 1, grant: commandGrant };

/** Store and host, opened. */
export interface Ground extends RealHost {
  /** The first workers are there: a process that no pool has asked for goes. */
  settled(): void;
}

/**
 * Opens store and host; what earlier lives of the data directory left is swept. Rejects with a
 * Refusal where one can't be had; then nothing is left open. `config` is what `options` came to.
 */
export async function openGround(options: RuntimeOptions, config: Config): Promise<Ground> {
  const store = options.store ?? await openStore(options.data, config);
  try {
    const host = await openHost(store, {
      owner: options.data === undefined ? null : folder(options.data),
      workspacesMax: config.workspaces.max,
      level: config.containment.level,
      workerBytes: config.pools.default.workerBytes,
    });
    try {
      if (options.data !== undefined) host.ports.processes.sweep();
      host.tidy();
      if (startsWithCommands(options, config)) return withVanguard(host);
      return { ...host, settled: () => {} };
    } catch (error) {
      await host.close();
      throw error;
    }
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Whether the first worker is one for commands, whatever the policies say. */
function startsWithCommands({ tasks = {} }: RuntimeOptions, { pools, programs }: Config): boolean {
  const [first, none] = [Object.keys(pools)[0], [tasks, programs].every(isEmpty)];
  return none && first === "default" && (pools.default.workers.min ?? 0) > 0;
}

const isEmpty = (one: object) => Object.keys(one).length === 0;

function withVanguard(host: RealHost): Ground {
  const { processes, clock } = host.ports;
  const vanguard = new Vanguard(processes, firstSeat, clock);
  return {
    ...host,
    ports: { ...host.ports, processes: vanguard },
    settled: () => void vanguard.dismiss(),
    async close() {
      await vanguard.dismiss();
      await host.close();
    },
  };
}

async function openStore(data: string | undefined, config: Config): Promise<Store> {
  if (data === undefined || config.store.engine === "memory") return memoryStore();
  const { sqliteStore } = await import("./stores/sqlite/mod.ts");
  const { doneMs, otherMs, rows } = config.jobs.retention;
  return await sqliteStore({
    directory: data,
    retention: { doneMs, othersMs: otherMs, rowsMax: rows },
  });
}
