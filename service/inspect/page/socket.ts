/**
 * A WebSocket that comes back.
 *
 * @module
 */
import { protocols } from "./session.ts";

/** Pause before the next try, ms: doubled by each one that fails. */
const [againMs, againMaxMs] = [250, 5_000];

/** The service has nobody to show any more. */
const isOver = 1000;

/** What is heard of it. */
export interface Hearer {
  /** JSON that came. */
  heard(message: unknown): void;
  /** It is open, or not. */
  state?(isOpen: boolean): void;
}

/** Listens to `path`, which may change with each try, until told to stop. */
export function listen(path: () => string, { heard, state = () => {} }: Hearer): () => void {
  let socket: WebSocket | null = null;
  let timer = 0;
  let pauseMs = againMs;
  const open = () => {
    const url = new URL(path(), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    socket = new WebSocket(url, protocols());
    socket.onopen = () => {
      pauseMs = againMs;
      state(true);
    };
    socket.onmessage = ({ data }) => heard(JSON.parse(data));
    socket.onclose = ({ code }) => {
      state(false);
      if (code === isOver) return;
      timer = setTimeout(open, pauseMs);
      pauseMs = Math.min(pauseMs * 2, againMaxMs);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    if (socket === null) return;
    socket.onclose = socket.onmessage = null;
    socket.close();
  };
}
