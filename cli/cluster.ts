/**
 * The nodes that share a queue, for people.
 *
 * @module
 */
import type { Status } from "../messages/status.ts";
import { timeText } from "./amounts.ts";
import { oneLine } from "./complain.ts";
import { table, type TableLook } from "./table.ts";

/** One node in short. */
export interface Node extends
  Pick<
    Status,
    "version" | "epoch" | "startedAt" | "pending" | "oldestWaitMs" | "running" | "size" | "verdict"
  > {
  /** Where it is. */
  readonly node: string;
}

/** A service as a node. */
export function nodeOf(node: string, status: Status): Node {
  const { version, epoch, startedAt, pending, oldestWaitMs, running, size, verdict } = status;
  return { node, version, epoch, startedAt, pending, oldestWaitMs, running, size, verdict };
}

/** A line each. A queue of ours is one service's own; what is not shared is said. */
export function clusterText(nodes: readonly Node[], look: TableLook): string {
  const rows = nodes.map(({ node, pending, oldestWaitMs, running, size, epoch, verdict }) => [
    node,
    `${size}`,
    `${running}`,
    `${pending}`,
    timeText(oldestWaitMs),
    `${epoch}`,
    oneLine(verdict),
  ]);
  const columns = [
    { name: "NODE" },
    { name: "WORKERS", isNumber: true },
    { name: "RUNNING", isNumber: true },
    { name: "PENDING", isNumber: true },
    { name: "OLDEST", isNumber: true },
    { name: "START", isNumber: true },
    { name: "VERDICT" },
  ];
  const alone = nodes.length === 1 ? ["one node: it shares its queue with no other"] : [];
  return [...table(columns, rows, look), ...alone].join("\n");
}
