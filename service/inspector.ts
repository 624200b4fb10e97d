/**
 * The hub of live machines: what the actors do goes to every viewer, and who comes late is told
 * first which actors live and where they stand.
 *
 * @module
 */
import type { InspectionEvent } from "xstate";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import type { Handler } from "./call.ts";
import type { FrameSocket } from "./frame_socket.ts";
import { frameOf } from "./frames.ts";

/** Bytes that may wait for one viewer; a slower one is sent away with code 1013. */
const bufferMaxBytes = 1_048_576;

/** Viewers at once. */
const viewersMax = 32;

/** Actors that are remembered at once; the oldest are forgotten first. */
const actorsMax = 4_096;

/** Shows the machines of a runtime to any number of viewers. */
export interface InspectorHub {
  /** Tells a viewer what lives and keeps it up to date until it leaves. */
  attach(viewer: FrameSocket): void;
  /** Viewers now. */
  readonly viewers: number;
  /** Actors that live now. */
  readonly actors: number;
  /** Sends all viewers away and stops listening. */
  close(): void;
}

/** An actor's first and last event, kept as they came: frames are written only for viewers. */
interface Life {
  readonly begun: InspectionEvent;
  last: InspectionEvent | null;
}

/** Makes the hub. Without viewers an event costs two look-ups. */
export function inspectorHub(runtime: Pick<Runtime, "inspect">): InspectorHub {
  const lives = new Map<string, Life>();
  const viewers = new Set<FrameSocket>();
  const push = (viewer: FrameSocket, frame: string | null) => {
    if (frame === null || (sends(viewer, frame) && viewer.bufferedBytes <= bufferMaxBytes)) return;
    viewers.delete(viewer);
    viewer.close(1013, "too slow");
  };
  const stop = runtime.inspect({
    next(event) {
      remember(lives, event);
      if (viewers.size === 0) return;
      const frame = safeFrameOf(event);
      for (const viewer of viewers) push(viewer, frame);
    },
  });
  return {
    attach(viewer) {
      viewers.add(viewer);
      viewer.onClosed(() => viewers.delete(viewer));
      for (const { begun, last } of lives.values()) {
        for (const event of last === null ? [begun] : [begun, last]) {
          if (viewers.has(viewer)) push(viewer, safeFrameOf(event));
        }
      }
    },
    get viewers() {
      return viewers.size;
    },
    get actors() {
      return lives.size;
    },
    close() {
      stop();
      for (const viewer of viewers) viewer.close(1001, "going away");
      viewers.clear();
      lives.clear();
    },
  };
}

/** Turns a request into a viewer. */
export function inspectFrames(hub: InspectorHub): Handler {
  return (call) => {
    if (call.req.header("upgrade")?.toLowerCase() !== "websocket" || !call.env.upgrade) {
      throw new Refusal("upgrade_required", "Frames come over a WebSocket: ask for an upgrade");
    }
    if (hub.viewers >= viewersMax) {
      throw new Refusal("too_many_viewers", `At most ${viewersMax} viewers at once`);
    }
    return call.env.upgrade((viewer) => hub.attach(viewer));
  };
}

/** An observer that throws would take the observed actor down with it. */
function safeFrameOf(event: InspectionEvent): string | null {
  try {
    return frameOf(event);
  } catch {
    return null;
  }
}

/** Whether a viewer takes a frame. That one has gone is nobody else's trouble. */
function sends(viewer: FrameSocket, frame: string): boolean {
  try {
    viewer.send(frame);
    return true;
  } catch {
    return false;
  }
}

function remember(lives: Map<string, Life>, event: InspectionEvent): void {
  const { sessionId } = event.actorRef;
  if (event.type === "@xstate.actor") {
    lives.set(sessionId, { begun: event, last: null });
    if (lives.size > actorsMax) lives.delete(lives.keys().next().value!);
  } else if (event.type === "@xstate.snapshot") {
    const life = lives.get(sessionId);
    if (life === undefined) return;
    if ((event.snapshot as { status: string }).status === "active") life.last = event;
    else lives.delete(sessionId);
  }
}
