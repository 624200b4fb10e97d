/**
 * Gives a command its input, piece by piece, as fast as it takes it.
 *
 * @module
 */

/** Characters of one piece: at most as many bytes as a pipe holds. */
const pieceChars = 16 * 1024;

/**
 * Writes `text` and closes the stream. Resolves with false when the other side took nothing for
 * `patienceMs`; true also where it did not want all of it and closed its end.
 */
export async function feed(
  stream: WritableStream<Uint8Array>,
  text: string,
  patienceMs: number,
): Promise<boolean> {
  const writer = stream.getWriter();
  const encoder = new TextEncoder();
  try {
    for (let at = 0; at < text.length;) {
      const piece = text.slice(at, end(text, at));
      if (!await inTime(writer.write(encoder.encode(piece)), patienceMs)) return false;
      at += piece.length;
    }
    await writer.close();
  } catch { /* it did not want all of it */ }
  return true;
}

/** Where the piece from `at` ends: never between two halves of a character. */
function end(text: string, at: number): number {
  const to = at + pieceChars;
  const half = text.charCodeAt(to - 1);
  return to < text.length && half >= 0xd800 && half < 0xdc00 ? to - 1 : to;
}

/** False when `work` has not ended within `ms`; it is left alone then. */
async function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), ms));
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // The pipe breaks when the command is ended.
  }
}
