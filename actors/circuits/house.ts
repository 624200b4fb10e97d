/**
 * Where the machines of breakers live, and what of them outlives the process.
 *
 * @module
 */
import { breaker, type BreakerSnapshot } from "../../machines/breaker.ts";
import { freeze, type Frozen, thaw } from "../../machines/freeze.ts";
import type { ControlFact } from "../../messages/facts.ts";
import type { Clock, Store } from "../ports.ts";
import { type Supervisor, usual } from "../supervisor.ts";
import { type Timed, wind } from "../timers.ts";
import type { Circuit } from "./circuit.ts";
import { countsOf } from "./explain.ts";

/** What breakers need of the system. */
export interface House {
  readonly supervisor: Pick<Supervisor, "keep" | "dismiss">;
  /** Stores what the next process has to know. */
  keep(snapshot: Readonly<Record<string, Frozen>>): void;
  note(fact: ControlFact): void;
}

/** A house below `supervisor`, with one snapshot for all breakers. */
export const houseOf = (
  supervisor: Supervisor,
  store: Pick<Store, "append">,
  note: (fact: ControlFact) => void,
): House => ({
  supervisor: supervisor.under("breakers", { ...usual, strategy: "simpleOneForOne" }),
  keep: (snapshot) => store.append([{ type: "snapshot", actor: "breakers", snapshot }]),
  note,
});

/** Who hears of a machine. */
export interface Tenancy {
  /** Its state is another now. */
  moved(): void;
  /** It has failed too often and is gone. */
  ended(): void;
}

/** Starts the machine of a circuit, where it stood if that was stored. */
export function settle(
  house: House,
  circuit: Circuit,
  clock: Clock,
  frozen: unknown,
  { moved, ended }: Tenancy,
): void {
  const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
  const input = { nowMs: moment.nowMs, options: circuit.rules };
  let stored = frozen === undefined ? null : thaw(breaker, input, frozen, moment);
  let value = '"closed"';
  const alert = (level: "info" | "warning", code: string, message: string) =>
    house.note({ type: "alert", level, code, message });
  const { name, id } = circuit;
  house.supervisor.keep({
    id,
    logic: breaker.provide({
      actions: {
        breakerClosed: () =>
          alert("info", "circuit_closed", `The breaker of ${name} is closed: its jobs go on`),
      },
    }),
    keepsState: true,
    given: () => {
      const snapshot = stored;
      stored = null; // Of an earlier process: for the first life of this one.
      return { input, snapshot };
    },
    made: (actor) => {
      circuit.is(actor, actor.getSnapshot());
      actor.subscribe({
        next: (snapshot: BreakerSnapshot) => {
          if (snapshot.status !== "active") return;
          circuit.is(actor, snapshot);
          const now = JSON.stringify(snapshot.value);
          if (now === value) return;
          value = now;
          house.note({ type: "machine", actor: id, event: "step", value: snapshot.value });
          if (snapshot.matches("open")) {
            const because = snapshot.context.opened > 1
              ? "the one that was tried failed too"
              : countsOf(circuit);
            alert("warning", "circuit_open", `The breaker of ${name} is open: ${because}`);
          }
          moved();
        },
        error: () => {},
      });
      wind(actor as unknown as Timed, clock);
    },
    ended,
  });
}

/** What is stored of all circuits: those that are closed have nothing to tell the next process. */
export function kept(
  circuits: Iterable<Circuit>,
  clock: Pick<Clock, "nowMs" | "wallMs">,
): Readonly<Record<string, Frozen>> {
  const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
  const open = [...circuits].filter(({ isClosed }) => !isClosed);
  return Object.fromEntries(open.map(({ name, snapshot }) => [name, freeze(snapshot!, moment)]));
}

/** What an earlier process kept, by name. */
export function recall(stored: unknown): readonly (readonly [string, unknown])[] {
  return typeof stored === "object" && stored !== null ? Object.entries(stored) : [];
}
