/**
 * What a live service suffers from, made on purpose, and what it says of it.
 *
 * @module
 */
import type { ConfigInput } from "../../../actors/config.ts";
import type { CauseName, Diagnosis } from "../../../messages/diagnosis.ts";
import { diagnose } from "../../../policies/diagnosis/mod.ts";
import { type Live, live } from "../../live.ts";
import { cases } from "../../sight_cases.ts";
import { sightWith } from "../../sights.ts";
import { atLeast, exactly, type Row } from "../row.ts";

/** Longest time that is given to pressure to show, ms: the kernel tells means of 10 s. */
const showsMs = 30_000;
const everyMs = 250;
/** Looks that count. */
const looks = 5;

/** Something to suffer from. */
interface Ailment {
  readonly cause: CauseName;
  readonly what: string;
  readonly config: ConfigInput;
  /** Begins it; what it begins goes on until the signal. It may give what clears up once all has ended. */
  readonly inject: (runtime: Live, signal: AbortSignal) => void | Promise<void | (() => unknown)>;
}

/** Runs a job again and again, so many at once. */
function keepRunning(many: number, signal: AbortSignal, run: () => Promise<unknown>): void {
  const again = async () => {
    while (!signal.aborted) await run().catch(() => {});
  };
  for (let i = 0; i < many; i++) again();
}

/** Where nobody listens: what connects is refused. */
function deadPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

const pool = (part: object): ConfigInput => ({ pools: { default: part } });

/** Five of them, each of another kind. */
export const ailments: readonly Ailment[] = [
  {
    cause: "cpu",
    what: "tasks that compute on all cores",
    config: {},
    inject: (runtime, signal) =>
      keepRunning(300, signal, () => runtime.run("toy", { do: "spin", ms: 400 }, { signal })),
  },
  {
    cause: "memory",
    what: "commands of 100 MB in 256 MiB",
    config: pool({ memoryBytes: 256 * 2 ** 20 }),
    inject: (runtime, signal) =>
      keepRunning(
        40,
        signal,
        () => runtime.command(["sleep", "5"], { limits: { memoryBytes: 1e8 }, signal }),
      ),
  },
  {
    cause: "disk",
    what: "commands that write and wait for the disk",
    config: pool({ slots: { commands: 16 } }),
    async inject(runtime, signal) {
      const folder = await Deno.makeTempDir({ prefix: "flyball_disk_", dir: Deno.cwd() });
      let file = 0;
      keepRunning(32, signal, () => {
        const path = `${folder}/${file++ % 32}`;
        const write = ["dd", "if=/dev/zero", `of=${path}`, "bs=256k", "count=40", "oflag=dsync"];
        return runtime.command(write, { signal });
      });
      return () => Deno.remove(folder, { recursive: true });
    },
  },
  {
    cause: "downstream",
    what: "commands whose host refuses connections",
    config: {},
    async inject(runtime) {
      const port = deadPort();
      const command = ["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${port}`];
      const call = { command, key: `host:127.0.0.1:${port}` };
      await runtime.submitAll(Array.from({ length: 300 }, () => call));
    },
  },
  {
    cause: "limit",
    what: "one job at once of a key",
    config: { limits: { "host:*": { each: 1 } } },
    inject: (runtime, signal) =>
      keepRunning(
        100,
        signal,
        () => runtime.run("toy", { do: "nap", ms: 200 }, { key: "host:api", signal }),
      ),
  },
];

/** Makes a service suffer: what it says of it once the cause has shown, five times in five seconds. */
export async function suffer({ cause, config, inject }: Ailment): Promise<readonly Diagnosis[]> {
  const runtime = await live(config);
  const stop = new AbortController();
  const tidyUp = await inject(runtime, stop.signal);
  const untilMs = performance.now() + showsMs;
  try {
    const found: Diagnosis[] = [];
    let shows = false;
    while (found.length < looks) {
      await new Promise((resolve) => setTimeout(resolve, shows ? 1_000 : everyMs));
      const look = await runtime.insight.diagnosis();
      if (shows) found.push(look);
      shows ||= look.causes[0]?.name === cause || performance.now() > untilMs;
    }
    return found;
  } finally {
    stop.abort("enough");
    await runtime.close({ drainMs: 100 });
    await tidyUp?.();
  }
}

/** Rows of this part. */
export function ailmentRows(): readonly Row[] {
  return [
    {
      line: "cases of what is wrong with a service: the injected cause ranks first",
      run: () => {
        const right =
          cases.filter(([, cause, change]) => diagnose(sightWith(change))[0]?.name === cause)
            .length;
        const told = `${right} of ${cases.length}`;
        return Promise.resolve(atLeast(right / cases.length, .9, "of all", told));
      },
    },
    ...ailments.map((ailment): Row => ({
      line: `a live service, ${ailment.what}: the place of ${ailment.cause} in most of 5 looks`,
      run: async () => {
        const all = await suffer(ailment);
        const places = all.map(({ causes }) => {
          const place = causes.findIndex(({ name }) => name === ailment.cause);
          return place < 0 ? NaN : place + 1;
        });
        const causes = all.at(-1)!.causes.map(({ name, score }) => `${name} ${score}`);
        const told = `of 5 looks ${places.join(", ")}; at last ${causes.join(", ")}`;
        return exactly(places.filter((place) => place === 1).length > 2 ? 1 : NaN, 1, "th", told);
      },
    })),
  ];
}
