/**
 * CRC-32 (IEEE 802.3) of a row. Own code, since `node:zlib` would cost the thread 9 MB of memory.
 *
 * @module
 */

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** Between two cells; without it `1, 23` and `12, 3` would have the same checksum. */
const separator = 0x1f;

/**
 * The checksum of `width` cells from the one at `from` on, as text: of each UTF-16 code unit the low
 * byte, and the high byte where there is one.
 */
export function checksum(cells: readonly unknown[], from: number, width: number): number {
  let crc = ~0;
  for (let i = from; i < from + width; i++) {
    const text = String(cells[i]);
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      crc = table[(crc ^ unit) & 255]! ^ (crc >>> 8);
      if (unit > 255) crc = table[(crc ^ (unit >>> 8)) & 255]! ^ (crc >>> 8);
    }
    crc = table[(crc ^ separator) & 255]! ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
