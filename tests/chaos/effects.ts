/**
 * What jobs did, from the file to which they append it: no word of the service is needed.
 *
 * @module
 */

import type { AwakeClock } from "./awake.ts";

/** One line of a job. */
export interface Effect {
  /** The number that the job was given by us. */
  readonly n: number;
  /** `overlap`: it began while processes of its attempt before were there. */
  readonly what: "begin" | "end" | "overlap";
  /** When we saw it, ms awake. */
  readonly atMs: number;
}

/** Time between two looks, ms. */
const everyMs = 20;

const form = /^(begin|end|overlap) (\d+)$/;

/**
 * Runs as a command: folder, number and seconds are its arguments. The lock is held as long as a
 * process of the attempt is there, those that fled its session too.
 */
export const markScript = `
exec 9>> "$1/locks/$2"
flock -n 9 || echo "overlap $2" >> "$1/log"
echo "begin $2" >> "$1/log"
sleep "$3"
echo "end $2" >> "$1/log"
`;

/** Reads the file of effects while it grows. */
export class Effects implements Disposable {
  readonly seen: Effect[] = [];
  readonly #begun = new Map<number, number>();
  readonly #clock: AwakeClock;
  readonly #file: Deno.FsFile;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #room = new Uint8Array(65_536);
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** Makes `folder` ready for effects. */
  constructor(readonly folder: string, clock: AwakeClock) {
    this.#clock = clock;
    Deno.mkdirSync(`${folder}/locks`, { recursive: true });
    this.#file = Deno.openSync(`${folder}/log`, { create: true, read: true, append: true });
    this.#timer = setInterval(() => this.look(), everyMs);
  }

  /** Reads what is new. */
  look(): void {
    for (;;) {
      const count = this.#file.readSync(this.#room);
      if (count === null) return;
      const text = this.#rest + this.#decoder.decode(this.#room.subarray(0, count));
      const lines = text.split("\n");
      this.#rest = lines.pop()!;
      for (const line of lines) this.#take(line);
    }
  }

  /** How often a job began. */
  begun(n: number): number {
    return this.#begun.get(n) ?? 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.look();
    this.#file.close();
  }

  #take(line: string): void {
    const match = form.exec(line);
    if (match === null) throw new Error(`an effect is torn: ${JSON.stringify(line)}`);
    const effect = {
      what: match[1] as Effect["what"],
      n: Number(match[2]),
      atMs: this.#clock.nowMs(),
    };
    this.seen.push(effect);
    if (effect.what === "begin") this.#begun.set(effect.n, this.begun(effect.n) + 1);
  }
}
