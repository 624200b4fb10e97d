/**
 * Whatever fields there are, in words.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import { Instant } from "./badge.tsx";
import { byName, unknown, words } from "./format.ts";

/** Fields inside fields are shown down to here. */
const depthMax = 3;

interface DetailsProps {
  readonly of: Readonly<Record<string, unknown>>;
  /** Fields that are shown elsewhere. */
  readonly without?: readonly string[];
  readonly depth?: number;
}

/** Names and values; what is in turn made of fields is set in. */
export function Details({ of, without = [], depth = 0 }: DetailsProps) {
  const entries = Object.entries(of).filter(([name, value]) =>
    value !== undefined && !without.includes(name)
  );
  return (
    <dl class="details">
      {entries.map(([name, value]) => (
        <div key={name} class={isLarge(value) ? "nested" : ""}>
          <dt title={name}>{words(name.replace(/At$/, ""))}</dt>
          <dd>{shown(name, value, depth)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What has a row for itself. */
const isLarge = (value: unknown): boolean =>
  typeof value === "string"
    ? value.length > 28 && !/^\d{4}-/.test(value)
    : typeof value === "object" && value !== null;

function shown(name: string, value: unknown, depth: number): ComponentChildren {
  if (value === null) return unknown;
  if (/At$/.test(name)) return <Instant at={value as number | string} />;
  if (typeof value === "number") return /id$|^decision$/i.test(name) ? value : byName(name, value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  const list = Array.isArray(value);
  if (list && value.length === 0) return "none";
  if (list && value.every((each) => typeof each !== "object")) return value.join(", ");
  if (depth >= depthMax) return <code>{JSON.stringify(value)}</code>;
  if (!list) return <Details of={value as Record<string, unknown>} depth={depth + 1} />;
  return value.map((each, i) => <Details key={i} of={each} depth={depth + 1} />);
}

/** The same as the API says it. */
export const Raw = ({ of }: { readonly of: unknown }) => (
  <details class="raw">
    <summary>As JSON</summary>
    <pre>{JSON.stringify(of, null, 2)}</pre>
  </details>
);
