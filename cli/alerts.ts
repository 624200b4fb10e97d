/**
 * `flyball alerts`: what is wrong with a running service, and who was told.
 *
 * @module
 */
import type { Alerts, Incident, SinkStatus } from "../messages/alert.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** The verb `alerts`. */
export const alerts: Verb = {
  declare: (command) => declareReach(command).option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const found = await control.ask({ method: "GET", path: "/api/v1/alerts" }) as Alerts;
    console.log(flags.json ? JSON.stringify(found) : textOf(found));
    return exit.ok;
  },
};

/** For people. */
export function textOf({ items, sinks }: Alerts): string {
  const lines = items.map(line);
  const isCalm = items.every(({ state }) => state === "cleared");
  return [...(isCalm ? ["nothing is wrong"] : []), ...lines, ...sinks.map(sinkLine)].join("\n");
}

function line({ state, level, rule, subject, message, raisedAt, clearedAt }: Incident): string {
  const what = subject === null ? rule : `${rule} of ${oneLine(subject)}`;
  const until = clearedAt === null ? "" : ` until ${clearedAt}`;
  return `${state} ${level} ${what} · since ${raisedAt}${until} · ${oneLine(message)}`;
}

function sinkLine({ name, type, queued, delivered, dropped, because }: SinkStatus): string {
  const trouble = because === null ? "" : ` · ${oneLine(because)}`;
  return `sink ${name} (${type}) · ${delivered} delivered, ${queued} wait, ${dropped} dropped${trouble}`;
}
