/**
 * `flyball pool ls|resize|pin|pause|drain|resume`: the operator's word on a pool of a running service.
 *
 * @module
 */
import { Argument, Option } from "commander";
import { Refusal } from "../actors/runtime.ts";
import type { PatchedPool } from "../messages/status.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { duration } from "./numbers.ts";
import { poolText } from "./status.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly pool: string;
  /** Milliseconds. */
  readonly for?: number;
  readonly scaling?: "in" | "out" | "both";
  readonly json?: boolean;
}

/** What each word asks of the service; null: nothing, it only looks. */
const words: Readonly<Record<string, ((workers: number | null, flags: Flags) => object) | null>> = {
  ls: null,
  resize: (workers) => ({ workers }),
  pin: (workers) => workers === null ? { paused: "both" } : { pinned: workers },
  pause: (_, { scaling }) => ({ paused: scaling ?? true }),
  drain: () => ({ drained: true }),
  resume: () => ({ paused: false }),
};

const root = "/api/v1/pools";

/** The verb `pool`. */
export const pool: Verb = {
  declare: (command) =>
    declareReach(command)
      .addArgument(new Argument("[what]", "what to do").choices(Object.keys(words)).default("ls"))
      .argument("[workers]", "how many are kept (resize, pin; pin without: as many as there are)")
      .option("--pool <name>", "which one", "default")
      .option(
        "--for <duration>",
        "how long it holds, such as 10m (default: until resume)",
        duration,
      )
      .addOption(
        new Option(
          "--scaling <way>",
          "let jobs go on, but not shrink, not grow, or neither (pause)",
        )
          .choices(["in", "out", "both"]),
      )
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    const [what = "ls", given] = command.processedArgs as [string?, string?];
    const body = patchOf(what, given, flags);
    using control = await openControl(flags);
    const found = body === null ? await list(control) : [await patch(control, flags.pool, body)];
    console.log(
      flags.json ? JSON.stringify(body === null ? found : found[0]) : found.map(textOf).join("\n"),
    );
    return exit.ok;
  },
};

/** What is sent; throws Refusal `usage` where words and flags don't belong together. */
function patchOf(what: string, given: string | undefined, flags: Flags): object | null {
  const workers = given === undefined ? null : wholeNumber(what, given);
  const isSized = what === "resize" || what === "pin";
  if (workers !== null && !isSized) throw usage(what, "no number of workers", given!);
  if (workers === null && what === "resize") throw usage(what, "a number of workers", "none");
  if (flags.scaling !== undefined && what !== "pause") {
    throw usage(what, "no --scaling", flags.scaling);
  }
  const isLasting = what !== "ls" && what !== "resume";
  if (flags.for !== undefined && !isLasting) throw usage(what, "no --for", `${flags.for} ms`);
  const body = words[what]?.(workers, flags) ?? null;
  return body === null || flags.for === undefined ? body : { ...body, for: `${flags.for}ms` };
}

/** What it may be, the service says. */
function wholeNumber(what: string, given: string): number {
  const workers = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (Number.isNaN(workers)) throw usage(what, "a whole number of workers", given);
  return workers;
}

const usage = (what: string, expected: string, given: string) =>
  new Refusal("usage", `pool ${what} expected ${expected}, given ${given}`);

/** A pool, and how far it is from the size that was asked for. */
function textOf(pool: PatchedPool): string {
  const { resized } = pool;
  if (!resized) return poolText(pool);
  return `${resized.desired} workers wanted, ${resized.actual} ready\n${poolText(pool)}`;
}

async function list(control: Control): Promise<readonly PatchedPool[]> {
  const { items } = await control.ask({ method: "GET", path: root }) as { items: PatchedPool[] };
  return items;
}

async function patch(control: Control, name: string, body: object): Promise<PatchedPool> {
  const path = `${root}/${encodeURIComponent(name)}`;
  return await control.ask({ method: "PATCH", path, body }) as PatchedPool;
}
