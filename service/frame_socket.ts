/**
 * A WebSocket as the routes see it, whichever door it came through.
 *
 * @module
 */

/** One open WebSocket that is mostly written to. */
export interface FrameSocket {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Bytes sent and not yet taken by the peer. */
  readonly bufferedBytes: number;
  /** Calls `listener` once, when the socket is gone. */
  onClosed(listener: () => void): void;
}

/** Largest message a peer may send, bytes. */
export const messageMaxBytes = 65_536;

/** Messages a peer may send in one second. */
const messagesPerS = 100;

/**
 * Watches what a peer sends: text up to 64 KiB, fewer than 100 messages a second; anything else
 * closes its socket (1003, 1009, 1008).
 */
export function inbound(
  close: (code: number, reason: string) => void,
): (isText: boolean, bytes: number) => void {
  let second = 0;
  let messages = 0;
  return (isText, bytes) => {
    const now = Math.floor(performance.now() / 1_000);
    messages = now === second ? messages + 1 : 1;
    second = now;
    if (!isText) close(1003, "text only");
    else if (bytes > messageMaxBytes) close(1009, "message too large");
    else if (messages > messagesPerS) close(1008, "rate");
  };
}
