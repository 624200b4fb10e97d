/**
 * The hub of live machines: what the actors do goes to every viewer, and who comes late is told
 * first which actors live and where they stand.
 *
 * @module
 */
import type { InspectionEvent } from "xstate";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { type Call, type Handler, notFound } from "./call.ts";
import type { FrameSocket } from "./frame_socket.ts";
import { frameOf } from "./frames.ts";
import { Lives } from "./inspect/lives.ts";
import type { Scene } from "./inspect/scene.ts";

/** Bytes that may wait for one viewer of frames; a slower one is sent away with code 1013. */
const bufferMaxBytes = 1_048_576;

/** Viewers at once; a page has two. */
const viewersMax = 64;

/** Shows the machines of a runtime to any number of viewers. */
export interface InspectorHub {
  /** Tells a viewer what lives and keeps it up to date until it leaves, frame by frame. */
  attach(viewer: FrameSocket): void;
  /** The same gathered for pages; made when it is first asked for. */
  scene(): Promise<Scene>;
  /** Who lives now. */
  readonly lives: Lives;
  /** Viewers now. */
  readonly viewers: number;
  /** Sends all viewers away and stops listening. */
  close(): void;
}

/** Makes the hub. Without viewers an event costs two look-ups. */
export function inspectorHub(runtime: Pick<Runtime, "inspect">): InspectorHub {
  const lives = new Lives();
  const viewers = new Set<FrameSocket>();
  let scene: Scene | null = null;
  const push = (viewer: FrameSocket, frame: string | null) => {
    if (frame === null || (sends(viewer, frame) && viewer.bufferedBytes <= bufferMaxBytes)) return;
    viewers.delete(viewer);
    viewer.close(1013, "too slow");
  };
  const stop = runtime.inspect({
    next(event) {
      lives.take(event);
      if (scene !== null && scene.viewers > 0) scene.take(event);
      if (viewers.size === 0) return;
      const frame = safeFrameOf(event);
      for (const viewer of viewers) push(viewer, frame);
    },
  });
  return {
    attach(viewer) {
      viewers.add(viewer);
      viewer.onClosed(() => viewers.delete(viewer));
      for (const { begun, last } of lives) {
        for (const event of last === null ? [begun] : [begun, last]) {
          if (viewers.has(viewer)) push(viewer, safeFrameOf(event));
        }
      }
    },
    async scene() {
      const file = new URL("inspect/scene.ts", import.meta.url).href;
      const { Scene } = await import(file) as typeof import("./inspect/scene.ts");
      return scene ??= new Scene(lives);
    },
    lives,
    get viewers() {
      return viewers.size + (scene?.viewers ?? 0);
    },
    close() {
      stop();
      for (const viewer of viewers) viewer.close(1001, "going away");
      viewers.clear();
      scene?.close();
      lives.clear();
    },
  };
}

/** Turns a request into a viewer of frames. */
export function inspectFrames(hub: InspectorHub): Handler {
  return (call) => upgraded(hub, call)((viewer) => hub.attach(viewer));
}

/** Turns a request into a viewer of all actors, or with `?actor=SESSION` of that one. */
export function inspectLive(hub: InspectorHub): Handler {
  return async (call) => {
    const upgrade = upgraded(hub, call);
    const id = call.req.query("actor");
    const scene = await hub.scene();
    if (id === undefined) return upgrade((viewer) => scene.attach(viewer));
    const life = hub.lives.of(id);
    if (!life) throw notFound(`The actor ${id.slice(0, 80)}`);
    return upgrade((viewer) => scene.portray(viewer, life));
  };
}

/** The way to make a WebSocket of a request; refuses one that is none, and one too many. */
function upgraded(hub: InspectorHub, { req, env: { upgrade } }: Call) {
  if (req.header("upgrade")?.toLowerCase() !== "websocket" || !upgrade) {
    throw new Refusal(
      "upgrade_required",
      "Machines are shown over a WebSocket: ask for an upgrade",
    );
  }
  if (hub.viewers >= viewersMax) {
    throw new Refusal("too_many_viewers", `At most ${viewersMax} viewers at once`);
  }
  return upgrade;
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
