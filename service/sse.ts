/**
 * Server-sent events over anything that comes one by one.
 *
 * @module
 */

/** A comment this often shows a dead peer where nothing comes, ms. */
const aliveEveryMs = 15_000;

const utf8 = new TextEncoder();

/** What is streamed, how it reads, and what to do when the reader has left. */
export interface Stream<T> {
  readonly items: AsyncIterableIterator<T>;
  readonly format: (item: T) => string;
  readonly leave: () => void;
  /** Awaited after each item, before the next one is asked for. Default: that is done at once. */
  readonly rest?: (item: T) => Promise<void>;
}

/**
 * Answers `request` with a stream; takes an item only when the reader has room for it. Who asks for
 * the head alone is given no stream, which nobody would read or end.
 */
export function sse<T>(request: Request, stream: Stream<T>): Response {
  const isRead = request.method !== "HEAD";
  if (!isRead) stream.leave();
  return new Response(isRead ? body(stream) : null, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function body<T>({ items, format, leave, rest }: Stream<T>): ReadableStream<Uint8Array> {
  let beat: ReturnType<typeof setInterval>;
  const end = () => {
    clearInterval(beat);
    leave();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(utf8.encode("retry: 1000\n\n"));
      beat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(utf8.encode(": alive\n\n"));
      }, aliveEveryMs);
    },
    async pull(controller) {
      const next = await items.next().catch((error) => {
        end();
        throw error;
      });
      if (next.done) {
        end();
        return controller.close();
      }
      controller.enqueue(utf8.encode(format(next.value)));
      await rest?.(next.value);
    },
    async cancel() {
      end();
      await items.return?.();
    },
  });
}
