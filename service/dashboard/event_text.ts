/**
 * Server-sent events from pieces of text.
 *
 * @module
 */

/** One event. */
export interface ServerEvent {
  readonly id: string | null;
  readonly type: string;
  readonly data: string;
}

/** Takes pieces of text as they come and gives the events that are whole by then. */
export function eventReader(): (piece: string) => ServerEvent[] {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).split(/\r?\n\r?\n/);
    rest = blocks.pop()!;
    return blocks.map(eventOf).filter((event) => event !== null);
  };
}

function eventOf(block: string): ServerEvent | null {
  let [id, type] = [null as string | null, "message"];
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ""] = /^(\w+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") type = value;
    else if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { id, type, data: data.join("\n") };
}
