/**
 * The service under test: a program in a folder of its own, which dies and is started again.
 *
 * @module
 */
import { lives, processesWith } from "../live.ts";
import { serveIn, type Service } from "../serving.ts";
import { AwakeClock } from "./awake.ts";
import { type Disk, openDisk } from "./disk.ts";
import { Effects } from "./effects.ts";
import { nearest } from "./family.ts";

/** Workers at least and at most. */
export const workersMin = 2;
/** As above. */
export const workersMax = 4;
/** Jobs that a worker runs at once. */
export const slots = 4;

/** Something of ours died at our hand. */
export interface Kill {
  readonly what: "service" | "worker";
  readonly atMs: number;
}

/** What is left of a dead service, and for how long. */
export interface Leftover {
  /** From the kill until the last was gone; 0 where nothing was left at the first look. */
  readonly ms: number;
  /** Words of those that were still there when we had waited enough. */
  readonly processes: readonly string[];
}

/** Longest look for what a dead service leaves, ms. */
const leftoverMaxMs = 5_000;

/** The mark of a worker that only reads what tasks say of themselves, and runs no job. */
const describes = /FLYBALL_MARK=[^\0]*\/d[^/\0]*(\0|$)/;

/** The service and its folder. */
export class World implements AsyncDisposable {
  readonly kills: Kill[] = [];
  readonly leftovers: Leftover[] = [];
  /** Why the service ended by itself, null while it has not. */
  fallen: string | null = null;
  /** The time of all that is seen. */
  readonly clock = new AwakeClock();
  /** Those who ask by it come with a connection of their own each time. */
  readonly newcomers = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  readonly effects: Effects;
  readonly disk: Disk;
  /** Null while it is dead. */
  #service: Service | null = null;
  #lives = 0;
  readonly #watching: Promise<void>[] = [];

  private constructor(readonly folder: string, diskBytes: number) {
    for (const name of ["tasks", "tmp"]) Deno.mkdirSync(`${folder}/${name}`);
    Deno.writeTextFileSync(`${folder}/deno.json`, "{}\n");
    const task = new URL("./tasks/mark.ts", import.meta.url);
    Deno.copyFileSync(task, `${folder}/tasks/mark.ts`);
    this.effects = new Effects(`${folder}/effects`, this.clock);
    this.disk = openDisk(`${folder}/data`, diskBytes);
  }

  /** Opens a folder and starts the first life in it. */
  static async open(diskBytes: number): Promise<World> {
    const world = new World(await Deno.makeTempDir({ prefix: "flyball-chaos-" }), diskBytes);
    try {
      await world.start();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The life that goes on. Throws while there is none. */
  get service(): Service {
    if (this.#service === null) throw new Error("the service is dead");
    return this.#service;
  }

  /** True between a death and the next start. */
  get isDead(): boolean {
    return this.#service === null;
  }

  /** Process of the service. */
  get pid(): number {
    return this.service.started.pid;
  }

  /** Port of its door. */
  get port(): number {
    return Number(new URL(this.service.url).port);
  }

  /** How often it was started. */
  get lives(): number {
    return this.#lives;
  }

  /** Starts the next life. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const set = [
      `pools.default.workers.min=${workersMin}`,
      `pools.default.workers.max=${workersMax}`,
      `pools.default.slots.max=${slots}`,
      `pools.default.slots.commands=${slots}`,
    ].flatMap((text) => ["--set", text]);
    const place = { cwd: this.folder, env: { TMPDIR: `${this.folder}/tmp`, ...env } };
    const flags = ["--tasks", `${this.folder}/tasks`, "--data", `${this.disk.path}/flyball`];
    const service = await serveIn(place, ...flags, ...set);
    this.#service = service;
    this.#lives++;
    service.started.ended.then(({ code, stderr }) => {
      if (this.#service !== service) return;
      if (engineFell.test(stderr)) void this.restart(env);
      else this.fallen = `the service ended by itself with code ${code}: ${stderr.slice(-2_000)}`;
    });
  }

  /** Kills the service and starts it again at once, whatever is still left of it. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#kill();
    try {
      await this.start(env);
    } catch (error) {
      this.fallen = `the service did not start again: ${error}`;
    }
  }

  async #kill(): Promise<void> {
    const atMs = this.clock.nowMs();
    this.kills.push({ what: "service", atMs });
    const { started } = this.service;
    this.#service = null;
    if (lives(started.pid)) started.kill("SIGKILL");
    while (lives(started.pid)) await pause(1);
    const watched = this.#watch(processesWith(this.folder), atMs);
    this.#watching.push(watched.then(() => started.ended).then(() => {}));
  }

  /** Sees how long the processes of a dead life live on, and ends those that do for too long. */
  async #watch(pids: readonly number[], killedMs: number): Promise<void> {
    const words = new Map(pids.map((pid) => [pid, wordsOf(pid)]));
    const left = () => pids.filter((pid) => lives(pid) && wordsOf(pid) === words.get(pid));
    while (left().length > 0 && this.clock.nowMs() - killedMs < leftoverMaxMs) await pause(10);
    const processes = left().map((pid) => words.get(pid)!);
    for (const pid of left()) Deno.kill(pid, "SIGKILL");
    const ms = pids.length === 0 ? 0 : this.clock.nowMs() - killedMs;
    this.leftovers.push({ ms, processes });
  }

  /** Processes of the workers that run jobs; none while the service is dead. */
  workers(): number[] {
    if (this.isDead) return [];
    return nearest(this.pid, (pid) => {
      const [program = "", ...words] = wordsOf(pid).split(" ");
      return /(^|\/)deno$/.test(program) &&
        words.some((word) => word.endsWith("/worker/main.bundle.js"));
    }).filter((pid) => !describes.test(textOf(pid, "environ")));
  }

  /** Notes that a worker is going to die, by our hand or because of us. */
  doom(): void {
    this.kills.push({ what: "worker", atMs: this.clock.nowMs() });
  }

  /** Ends the last life, and resolves when all is known of what the lives have left. */
  async end(): Promise<void> {
    this.disk.free();
    if (this.#service !== null && lives(this.pid)) {
      Deno.kill(this.pid, "SIGCONT");
      await this.#kill();
    }
    await Promise.all(this.#watching);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    this.effects[Symbol.dispose]();
    this.disk[Symbol.dispose]();
    this.newcomers.close();
    this.clock[Symbol.dispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Deno's own end: without a descriptor it can't measure its stack. Who supervises us starts us anew. */
const engineFell = /^thread '.*' .*panicked at .*\bstacker\b/m;

/** Lets time pass. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

const wordsOf = (pid: number): string => textOf(pid, "cmdline").replaceAll("\0", " ").trim();

function textOf(pid: number, name: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${name}`);
  } catch {
    return ""; // It has just ended.
  }
}
