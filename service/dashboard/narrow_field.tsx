/**
 * A field that narrows what is shown.
 *
 * @module
 */
import { h } from "preact";
import { narrow, place } from "./place.ts";

interface NarrowFieldProps {
  /** As the API calls it. */
  readonly name: string;
  /** As people do. */
  readonly title: string;
  readonly example?: string;
}

/** Narrows a list to the value of the address, which knows it, so it can be sent to others. */
export function NarrowField({ name, title, example = "any" }: NarrowFieldProps) {
  const { query } = place.value;
  return (
    <label>
      {title}
      <input
        type="search"
        value={query[name] ?? ""}
        placeholder={example}
        onChange={({ currentTarget: { value } }) => narrowBy(name, value.trim())}
      />
    </label>
  );
}

/** Narrows by one more value, from its first page on; by one less where it is empty. */
export const narrowBy = (name: string, value: string): void =>
  narrow({ ...place.value.query, after: undefined, [name]: value || undefined });
