/**
 * `deno task sim:caching`: how many of the asks of each trace each caching policy can answer.
 *
 * @module
 */
import { cachingPolicies, openShelf } from "../../policies/caching/mod.ts";
import { type CacheTrace, cacheTraces } from "./traces.ts";

/** Share of the asks for a key that was in. */
export function hitRatio(policy: string, { asks, bytesMax }: CacheTrace): number {
  const shelf = openShelf({ name: policy }, bytesMax);
  let hits = 0;
  for (const { key, bytes } of asks) {
    if (!shelf.has(key)) shelf.add(key, bytes);
    else {
      shelf.touch(key);
      hits++;
    }
  }
  return hits / asks.length;
}

/** Hit ratios by trace and policy, as a table in Markdown. */
export function cachingTable(): string {
  const names = cachingPolicies.map(({ name }) => name);
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const rows = cacheTraces().map((trace) =>
    row([
      `\`${trace.name}\`: ${trace.help}`,
      ...names.map((name) => `${(100 * hitRatio(name, trace)).toFixed(1)} %`),
    ])
  );
  return row(["trace", ...names.map((name) => `\`${name}\``)]) +
    row(["---", ...names.map(() => "---:")]) + rows.join("");
}

if (import.meta.main) console.log(cachingTable());
