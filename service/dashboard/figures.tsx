/**
 * A few numbers side by side.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";

interface FiguresProps {
  /** Names and values. */
  readonly of: readonly (readonly [string, ComponentChildren])[];
  /** Stands before a name. */
  readonly before?: (name: string) => ComponentChildren;
}

/** Names above their values. */
export const Figures = ({ of, before }: FiguresProps) => (
  <dl class="figures">
    {of.map(([name, value]) => (
      <div key={name}>
        <dt>{before?.(name)}{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
