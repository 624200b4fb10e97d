/**
 * Time between one item and the next.
 *
 * @module
 */

/** Gives `items` on, each at least `delayMs` after the one before, until `signal` is aborted. */
export async function* pace<T>(
  items: AsyncIterable<T>,
  delayMs: number,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  let atMs = -Infinity;
  for await (const item of items) {
    await wait(atMs + delayMs - performance.now(), signal);
    if (signal.aborted) return;
    atMs = performance.now();
    yield item;
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = () => resolve();
  signal.addEventListener("abort", stop);
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
}
