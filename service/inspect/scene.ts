/**
 * The live machines for people: what happened is gathered for a moment and told as one message, so
 * that a thousand actors cost a page no more than it can show.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent } from "xstate";
import type { FrameSocket } from "../frame_socket.ts";
import { machineOf, nameOf } from "../frames.ts";
import { isOver, type Life, type Lives, snapshotOf } from "./lives.ts";
import { Portrait } from "./portrait.ts";

/** What happened is told this often, ms. */
const flushMs = 100;

/** Events that one message tells; of more the latest, and how many were left out. */
const eventsMax = 100;

/** Bytes that may wait for one viewer: twice what all actors take. Who has more gets all anew later. */
const bufferMaxBytes = 1_048_576;

/** Who has read nothing for so long is sent away with code 1013, ms. */
const patienceMs = 30_000;

/** An actor as the scene has it. */
export interface Role {
  /** Session: no two actors of a system ever have the same. */
  readonly id: string;
  readonly name: string;
  /** Id of its machine; null: it is a loop. */
  readonly machine: string | null;
  readonly parent: string | null;
  /** Where its machine stands; null for a loop. */
  readonly value: unknown;
}

/** What one message of the scene tells. */
export interface SceneMessage {
  readonly type: "scene";
  /** When it was sent, epoch ms. */
  readonly at: number;
  /** All that live are in `born`, and whoever is not is gone. */
  readonly whole: boolean;
  readonly born: readonly Role[];
  /** Latest of each that moved: where it stands, and what moved it. */
  readonly moved: readonly {
    readonly id: string;
    readonly value: unknown;
    readonly event: string;
    /** Epoch ms. */
    readonly at: number;
  }[];
  readonly gone: readonly string[];
  /** Who told whom; the latest. */
  readonly events: readonly {
    readonly at: number;
    readonly from: string | null;
    readonly to: string;
    readonly type: string;
  }[];
  /** Events that are not among those. */
  readonly skipped: number;
}

interface Viewer {
  readonly socket: FrameSocket;
  /** Since when it has not read, monotonic ms; null: it keeps up. */
  behindSinceMs: number | null;
}

type Told = SceneMessage["events"][number];

/** All actors for any number of viewers, and single ones in full. */
export class Scene {
  readonly #lives: Lives;
  readonly #viewers = new Set<Viewer>();
  readonly #portraits = new Map<string, Portrait>();
  #born = new Set<string>();
  #moved = new Map<string, { readonly event: string; readonly at: number }>();
  #gone = new Set<string>();
  #events: Told[] = [];
  #skipped = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Shows those who live in `lives`. */
  constructor(lives: Lives) {
    this.#lives = lives;
  }

  /** Viewers now. */
  get viewers(): number {
    let viewers = this.#viewers.size;
    for (const portrait of this.#portraits.values()) viewers += portrait.viewers;
    return viewers;
  }

  /** Shows all actors to a viewer until it leaves. */
  attach(socket: FrameSocket): void {
    const viewer: Viewer = { socket, behindSinceMs: null };
    this.#viewers.add(viewer);
    socket.onClosed(() => this.#viewers.delete(viewer));
    this.#send(viewer, JSON.stringify(this.#whole()));
  }

  /** Shows one actor in full to a viewer, until either leaves. */
  portray(socket: FrameSocket, life: Life): void {
    const id = life.begun.actorRef.sessionId;
    const portrait = this.#portraits.get(id) ?? new Portrait(this.#lives, id);
    this.#portraits.set(id, portrait);
    portrait.attach(socket, life);
    socket.onClosed(() => {
      portrait.leave(socket);
      if (portrait.viewers === 0) this.#portraits.delete(id);
    });
  }

  /** Takes what an actor did; `lives` knows of it already. */
  take(event: InspectionEvent): void {
    const id = event.actorRef.sessionId;
    this.#portraits.get(id)?.take(event);
    if (this.#viewers.size > 0) this.#note(id, event);
    this.#timer ??= setTimeout(() => this.#flush(), flushMs);
  }

  /** Sends all viewers away. */
  close(code = 1001, reason = "going away"): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { socket } of this.#viewers) socket.close(code, reason);
    for (const portrait of this.#portraits.values()) portrait.close(code, reason);
    this.#viewers.clear();
    this.#portraits.clear();
  }

  #note(id: string, event: InspectionEvent): void {
    if (event.type === "@xstate.actor") this.#born.add(id);
    else if (event.type === "@xstate.event") {
      const from = event.sourceRef?.sessionId ?? null;
      this.#events.push({ at: Date.now(), from, to: id, type: event.event.type });
      if (this.#events.length > eventsMax * 2) {
        this.#skipped += this.#events.splice(0, eventsMax).length;
      }
    } else if (event.type === "@xstate.snapshot") {
      if (isOver(event.snapshot)) this.#gone.add(id);
      else this.#moved.set(id, { event: event.event.type, at: Date.now() });
    }
  }

  /** What can't be shown ends the show, not the service. */
  #flush(): void {
    this.#timer = null;
    try {
      this.#tell();
    } catch {
      this.close(1011, "can't be shown");
    }
  }

  #tell(): void {
    for (const [id, portrait] of this.#portraits) {
      portrait.flush();
      if (!this.#lives.of(id)) {
        portrait.close(1000, "it is gone");
        this.#portraits.delete(id);
      }
    }
    const message = this.#taken();
    if (message === null && ![...this.#viewers].some((one) => one.behindSinceMs !== null)) return;
    const text = message === null ? null : JSON.stringify(message);
    let whole: string | null = null;
    for (const viewer of this.#viewers) {
      if (viewer.behindSinceMs === null) {
        if (text !== null) this.#send(viewer, text);
      } else if (viewer.socket.bufferedBytes < bufferMaxBytes / 2) {
        viewer.behindSinceMs = null;
        this.#send(viewer, whole ??= JSON.stringify(this.#whole()));
      } else if (performance.now() - viewer.behindSinceMs > patienceMs) {
        this.#dismiss(viewer);
      }
    }
    // Who is behind is looked after, even if nothing happens any more.
    if ([...this.#viewers].some((one) => one.behindSinceMs !== null)) {
      this.#timer = setTimeout(() => this.#flush(), flushMs);
    }
  }

  /** What was gathered since the last message; null: nothing. */
  #taken(): SceneMessage | null {
    const [born, moved, gone] = [this.#born, this.#moved, this.#gone];
    const late = Math.max(0, this.#events.length - eventsMax);
    const [events, skipped] = [this.#events.slice(late), this.#skipped + late];
    if (born.size + moved.size + gone.size + events.length === 0) return null;
    [this.#born, this.#moved, this.#gone] = [new Set(), new Map(), new Set()];
    [this.#events, this.#skipped] = [[], 0];
    const lives = (id: string) => this.#lives.of(id);
    return {
      type: "scene",
      at: Date.now(),
      whole: false,
      born: [...born].flatMap((id) => lives(id) ?? []).map(roleOf),
      moved: [...moved].flatMap(([id, latest]) => {
        const life = lives(id);
        return life ? [{ id, value: valueOf(life), ...latest }] : [];
      }),
      gone: [...gone],
      events,
      skipped,
    };
  }

  #whole(): SceneMessage {
    const born = [...this.#lives].map(roleOf);
    const nothing = { moved: [], gone: [], events: [], skipped: 0 };
    return { type: "scene", at: Date.now(), whole: true, born, ...nothing };
  }

  #send(viewer: Viewer, text: string): void {
    try {
      viewer.socket.send(text);
    } catch { // That one has gone is nobody else's trouble.
      return this.#dismiss(viewer);
    }
    if (viewer.socket.bufferedBytes > bufferMaxBytes) viewer.behindSinceMs = performance.now();
  }

  #dismiss(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    viewer.socket.close(1013, "too slow");
  }
}

function roleOf(life: Life): Role {
  const actor = life.begun.actorRef as AnyActorRef;
  return {
    id: actor.sessionId,
    name: nameOf(actor),
    machine: machineOf(actor),
    parent: actor._parent?.sessionId ?? null,
    value: valueOf(life),
  };
}

const valueOf = (life: Life): unknown =>
  (snapshotOf(life) as { readonly value?: unknown }).value ?? null;
