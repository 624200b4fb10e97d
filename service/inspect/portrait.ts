/**
 * One live actor in full: its definition, where it stands with all it remembers, and what it is told.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent } from "xstate";
import type { FrameSocket } from "../frame_socket.ts";
import { definitionOf, machineOf, nameOf } from "../frames.ts";
import { sanitize } from "../sanitize.ts";
import { type Life, type Lives, snapshotOf } from "./lives.ts";

/** Events that one message tells; of more the latest, and how many were left out. */
const eventsMax = 50;

/** Bytes that may wait for one viewer; until they are read it gets nothing. */
const bufferMaxBytes = 262_144;

/** What one message of a portrait tells. */
export interface PortraitMessage {
  readonly type: "actor";
  readonly id: string;
  /** When it was sent, epoch ms. */
  readonly at: number;
  readonly snapshot: unknown;
  readonly events: readonly {
    readonly at: number;
    readonly from: string | null;
    readonly event: unknown;
  }[];
  /** Events that are not among those. */
  readonly skipped: number;
  /** Who it is; in the first message alone. */
  readonly actor?: {
    readonly name: string;
    readonly machine: string | null;
    /** Its configuration as JSON text. */
    readonly definition: string;
  };
}

interface Told {
  readonly at: number;
  readonly from: string | null;
  readonly event: unknown;
}

/** What a machine did lately, for those who watch this one. */
export class Portrait {
  readonly #lives: Lives;
  readonly #id: string;
  readonly #sockets = new Set<FrameSocket>();
  #events: Told[] = [];
  #skipped = 0;
  #isDirty = false;

  /** Of the actor with this session. */
  constructor(lives: Lives, id: string) {
    this.#lives = lives;
    this.#id = id;
  }

  /** Viewers now. */
  get viewers(): number {
    return this.#sockets.size;
  }

  /** Introduces the actor to a viewer. */
  attach(socket: FrameSocket, life: Life): void {
    this.#sockets.add(socket);
    const ref = life.begun.actorRef as AnyActorRef;
    const actor = { name: nameOf(ref), machine: machineOf(ref), definition: definitionOf(ref) };
    const snapshot = sanitize(snapshotOf(life));
    this.#send(socket, { ...this.#message(snapshot, []), skipped: 0, actor });
  }

  /** A viewer has left. */
  leave(socket: FrameSocket): void {
    this.#sockets.delete(socket);
  }

  /** Takes what it did. */
  take(event: InspectionEvent): void {
    this.#isDirty = true;
    if (event.type !== "@xstate.event") return;
    const from = event.sourceRef?.sessionId ?? null;
    this.#events.push({ at: Date.now(), from, event: event.event });
    if (this.#events.length > eventsMax) this.#skipped += this.#events.splice(0, 1).length;
  }

  /** Tells what was gathered. */
  flush(): void {
    const life = this.#lives.of(this.#id);
    if (!this.#isDirty || !life) return;
    const events = this.#events.map((told) => ({ ...told, event: sanitize(told.event) }));
    const message = this.#message(sanitize(snapshotOf(life)), events);
    this.#isDirty = false;
    [this.#events, this.#skipped] = [[], 0];
    for (const socket of this.#sockets) this.#send(socket, message);
  }

  /** Sends all viewers away. */
  close(code: number, reason: string): void {
    for (const socket of this.#sockets) socket.close(code, reason);
    this.#sockets.clear();
  }

  #message(snapshot: unknown, events: readonly Told[]): PortraitMessage {
    const at = Date.now();
    return { type: "actor", id: this.#id, at, snapshot, events, skipped: this.#skipped };
  }

  #send(socket: FrameSocket, message: PortraitMessage): void {
    if (socket.bufferedBytes > bufferMaxBytes) return;
    try {
      socket.send(JSON.stringify(message));
    } catch { // That one has gone is nobody else's trouble.
      this.#sockets.delete(socket);
    }
  }
}
