/**
 * Leaves its marks in the folder of effects. It imports nothing, so that it runs wherever it lies.
 *
 * @module
 */
import type { Task } from "../../../task.ts";

/** What it is told. */
export interface Mark {
  /** Null: it leaves none. */
  readonly folder: string | null;
  readonly n: number;
  readonly ms: number;
}

export default {
  kind: "flyball.task",
  permissions: { read: ["effects"], write: ["effects"] },
  run: async ({ folder, n, ms }): Promise<number> => {
    if (folder === null) return n;
    using lock = Deno.openSync(`${folder}/locks/${n}`, { create: true, write: true });
    const say = (word: string) =>
      Deno.writeTextFileSync(`${folder}/log`, `${word} ${n}\n`, { append: true });
    if (!lock.tryLockSync(true)) say("overlap");
    say("begin");
    await new Promise((resolve) => setTimeout(resolve, ms));
    say("end");
    return n;
  },
} satisfies Task<Mark>;
