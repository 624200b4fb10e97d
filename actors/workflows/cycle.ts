/**
 * Whether things that wait for each other can ever begin.
 *
 * @module
 */

/**
 * A way along `after` that leads back to where it began (its first is its last), null where there
 * is none. `after[n]` has what the nth waits for.
 */
export function cycle(after: readonly (readonly number[])[]): readonly number[] | null {
  const unseen = 0, onTheWay = 1, seen = 2;
  const marks = new Uint8Array(after.length);
  for (let root = 0; root < after.length; root++) {
    if (marks[root] !== unseen) continue;
    // Where we are, and how many of its ways we have gone: a deep graph must not fill the stack.
    const way = [root];
    const gone = [0];
    marks[root] = onTheWay;
    while (way.length > 0) {
      const at = way.at(-1)!;
      const next = after[at]![gone[gone.length - 1]!++];
      if (next === undefined) {
        marks[at] = seen;
        way.pop();
        gone.pop();
      } else if (marks[next] === onTheWay) return [...way.slice(way.indexOf(next)), next];
      else if (marks[next] === unseen) {
        marks[next] = onTheWay;
        way.push(next);
        gone.push(0);
      }
    }
  }
  return null;
}
