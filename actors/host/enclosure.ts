/**
 * What one worker is held in, by the level of containment: its mark, its namespace, its group.
 *
 * @module
 */
import type { Cgroup } from "./cgroup.ts";
import type { Containment } from "./containment.ts";
import { childrenOf, familyOf, killAll } from "./family.ts";
import { markOf, processes, sweep } from "./sweep.ts";

/** Longest time until everything in a group or namespace has ended once it was killed, ms. */
const endMs = 2_000;

/** Holds one worker and all that it starts. */
export class Enclosure {
  /** Words before the worker's own. */
  readonly words: readonly string[];
  /** Names the worker; the marks of what it starts begin with it. */
  readonly mark: string;
  /** A shell stands between it and us. */
  readonly caged: boolean;
  readonly #starts: boolean;
  readonly group: Cgroup | null;
  /** The process we have started, the namespace's first, and the worker itself. */
  #outer = 0;
  #first = 0;
  #inner = 0;
  /** It is being put into its group. */
  #entering: Promise<void> = Promise.resolve();

  /** For a worker called `name`; `starts`: whether it may start programs. */
  constructor(containment: Containment, mark: string, name: string, starts: boolean) {
    this.mark = mark;
    this.#starts = starts;
    this.caged = starts && containment.cage.length > 0;
    this.words = this.caged ? [...containment.guard, ...containment.cage] : containment.guard;
    this.group = newGroup(containment, name);
  }

  /** The process was started. */
  started(pid: number): void {
    this.#outer = pid;
    if (this.group) this.#entering = this.group.addSoon(pid);
  }

  /** The worker has said who it is; returns its pid as we see it. */
  connected(): number {
    [this.#first, this.#inner] = this.#look();
    this.#gather();
    return this.#inner;
  }

  /** The worker's pid as we see it, until it has connected that of who is becoming it; null: nobody. */
  get pid(): number | null {
    return (this.#inner || this.#look()[1]) || null;
  }

  #look(): [first: number, inner: number] {
    if (!this.caged) return [0, this.#outer];
    const first = childrenOf(this.#outer)[0] ?? 0;
    return [first, childrenOf(first)[0] ?? this.#outer];
  }

  /** It may have been faster than we were in putting it there; it has started nothing yet. */
  #gather(): void {
    if (!this.group) return;
    const inside = new Set(this.group.pids());
    for (const pid of familyOf(this.#outer)) if (!inside.has(pid)) this.group.add(pid);
  }

  /** True when the marks of a few processes tell all that was left behind. */
  get tellsOrphans(): boolean {
    return this.#first > 0;
  }

  /** Marks of processes in it that have lost their parent, by pid. */
  orphans(): Map<number, string> {
    const found = new Map<number, string>();
    if (this.#first === 0) return found;
    for (const pid of childrenOf(this.#first)) {
      const mark = pid === this.#inner ? null : markOf(pid);
      if (mark !== null) found.set(pid, mark);
    }
    return found;
  }

  /** Kills the worker and, when `tree`, all that it has started. */
  kill(signal: Deno.Signal, tree: boolean): void {
    if (signal === "SIGKILL") this.group?.kill();
    // It may have no session before it has said who it is.
    if (!told(-this.#outer, signal) && this.#inner === 0) told(this.#outer, signal);
    if (tree && this.#loose) sweep(this.mark);
  }

  /** The worker is gone; resolves when what it has started is too. */
  async emptied(): Promise<void> {
    await this.#entering;
    this.group?.kill();
    const untilMs = performance.now() + endMs;
    // A process that is just becoming another program shows no mark: one look is not enough.
    for (let empty = 0; this.#loose && empty < 2 && performance.now() < untilMs;) {
      empty = sweep(this.mark) === 0 ? empty + 1 : 0;
      if (empty < 2) await pause(5);
    }
    while (this.#holds() && performance.now() < untilMs) await pause(1);
  }

  /** Only marks tell what it has started. */
  get #loose(): boolean {
    return this.#starts && !this.caged && this.group === null;
  }

  #holds(): boolean {
    if (this.group) return !this.group.remove();
    return this.#first > 0 && alive(this.#first);
  }
}

/** All marked processes but those in enclosures that can tell them themselves. */
export function everyMark(): Map<number, string> {
  const found = new Map<number, string>();
  for (const pid of processes()) {
    const mark = markOf(pid);
    if (mark !== null) found.set(pid, mark);
  }
  return found;
}

/** Kills processes with all that descend from them. */
export function killFamilies(pids: readonly number[]): number {
  return killAll(new Set(pids.flatMap(familyOf)));
}

function newGroup({ groups }: Containment, name: string): Cgroup | null {
  try {
    return groups?.create(name) ?? null;
  } catch {
    return null; // Some limit of the kernel's; marks and namespace are left.
  }
}

/** Sends a signal; false when there is nobody. */
function told(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function alive(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}
