/**
 * The screen of `flyball top`, until somebody leaves it.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type { Control } from "./control.ts";
import { exit, exitOf } from "./exit.ts";
import type { Paint } from "./paint.ts";
import type { Terminal } from "./terminal.ts";
import { topFrame } from "./top_frame.ts";
import { lookAround, type TopSight } from "./top_sight.ts";

/** Looks that are remembered for the courses of numbers. */
const pastMax = 240;

/** What {@link watchTop} needs. */
export interface Watch {
  readonly terminal: Terminal;
  /** What was seen before. */
  readonly first: TopSight;
  readonly everyMs: number;
  /** The pool that is shown first. */
  readonly pool: string;
  readonly paint: Paint;
}

/** Shows a service and does what keys say; resolves with the exit code. */
export async function watchTop(control: Control, given: Watch): Promise<number> {
  const screen = new Screen(control, given);
  const { terminal } = given;
  terminal.onResized(() => screen.draw());
  terminal.onAsked(() => screen.leave(exit.interrupted));
  screen.draw();
  const following = screen.follow(given.everyMs);
  await Promise.race([screen.over, screen.obey(terminal.keys()), following]);
  const code = await screen.over;
  await following;
  return code;
}

class Screen {
  readonly over: Promise<number>;
  readonly leave: (code: number) => void;
  readonly #control: Control;
  readonly #watch: Watch;
  readonly #pending: number[] = [];
  readonly #workers: number[] = [];
  #sight: TopSight;
  #pool: string;
  #notice: string | null = null;
  /** Pressed once: who presses it again means it. */
  #isAsked = false;
  #isStill = false;
  readonly #left = new AbortController();

  constructor(control: Control, watch: Watch) {
    this.#control = control;
    this.#watch = watch;
    this.#sight = watch.first;
    this.#pool = watch.pool;
    this.#remember(watch.first);
    const { promise, resolve } = Promise.withResolvers<number>();
    this.over = promise;
    this.leave = (code) => {
      this.#left.abort();
      resolve(code);
    };
  }

  draw(): void {
    if (this.#left.signal.aborted) return;
    const { terminal, paint } = this.#watch;
    const [pending, workers, notice] = [this.#pending, this.#workers, this.#notice];
    const view = { sight: this.#sight, pending, workers, pool: this.#pool, notice };
    terminal.draw(topFrame(view, terminal.size(), paint));
  }

  /** Looks again and again. A service that has gone away may come back. */
  async follow(everyMs: number): Promise<void> {
    while (!this.#left.signal.aborted) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const pause = new Promise<void>((resolve) => timer = setTimeout(resolve, everyMs));
      await Promise.race([pause, this.over]);
      clearTimeout(timer);
      if (this.#left.signal.aborted) return;
      if (!this.#isStill) await this.#look();
      this.draw();
    }
  }

  /** Does what keys say; when there are no more, nobody is there to leave it. */
  async obey(keys: AsyncIterable<string>): Promise<void> {
    for await (const typed of keys) {
      // Arrows and their like come as several characters and say nothing here.
      for (const key of typed.startsWith("\x1b[") ? [] : typed) await this.#press(key);
      if (this.#left.signal.aborted) return;
      this.draw();
    }
    this.leave(exit.ok);
  }

  async #press(key: string): Promise<void> {
    const wasAsked = this.#isAsked;
    this.#isAsked = false;
    this.#notice = this.#isStill ? still : null;
    if (key === "q" || key === "\x1b") return this.leave(exit.ok);
    if (key === "\x03") return this.leave(exit.interrupted);
    if (key === "\t") this.#turn();
    else if (key === " ") this.#hold();
    else if (key === "p") await this.#pause(wasAsked);
  }

  #hold(): void {
    this.#isStill = !this.#isStill;
    this.#notice = this.#isStill ? still : null;
  }

  #turn(): void {
    const names = this.#sight.status.pools.map(({ name }) => name);
    this.#pool = names[(names.indexOf(this.#pool) + 1) % names.length] ?? this.#pool;
  }

  async #pause(wasAsked: boolean): Promise<void> {
    const pool = this.#sight.status.pools.find(({ name }) => name === this.#pool);
    if (pool === undefined) return;
    const paused = pool.operator.state === "auto";
    if (paused && !wasAsked) {
      this.#isAsked = true;
      this.#notice = `p once more: pool ${this.#pool} begins no more jobs`;
      return;
    }
    const path = `/api/v1/pools/${encodeURIComponent(this.#pool)}`;
    try {
      await this.#control.ask({ method: "PATCH", path, body: { paused } });
      await this.#look();
      this.#notice = `pool ${this.#pool} is ${paused ? "paused: p lets it go on" : "let alone"}`;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#notice = error.message;
    }
  }

  async #look(): Promise<void> {
    try {
      this.#sight = await lookAround(this.#control, this.#left.signal);
      this.#remember(this.#sight);
      if (this.#notice?.endsWith(again)) this.#notice = null;
    } catch (error) {
      if (!(error instanceof Refusal) || exitOf(error) !== exit.unavailable) throw error;
      this.#notice = `${error.message}${again}`;
    }
  }

  #remember({ status }: TopSight): void {
    this.#pending.push(status.pending);
    this.#workers.push(status.size);
    for (const past of [this.#pending, this.#workers]) if (past.length > pastMax) past.shift();
  }
}

const still = "it holds still: space lets it go on";
const again = ": tried again";
