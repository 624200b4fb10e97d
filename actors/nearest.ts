/**
 * What a mistyped word may have meant.
 *
 * @module
 */

/** Up to `most` of `words` within a few typing mistakes of `word`, nearest first. */
export function nearest(word: string, words: Iterable<string>, most = 3): string[] {
  const given = word.slice(0, 64).toLowerCase();
  const mistakesMax = Math.max(1, Math.floor(given.length / 3));
  return [...words]
    .map((candidate) => ({ candidate, mistakes: distance(given, candidate.toLowerCase()) }))
    .filter(({ candidate, mistakes }) =>
      mistakes <= mistakesMax || (given.length >= 3 && candidate.toLowerCase().startsWith(given))
    )
    .sort((a, b) => a.mistakes - b.mistakes)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Mistakes between two words: a letter missing, added, replaced, or two neighbours swapped. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
        ? before[j - 2]! + 1
        : Infinity;
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
