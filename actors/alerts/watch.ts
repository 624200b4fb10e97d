/**
 * One thing that a rule finds wrong, and the machine that decides when it is an incident.
 *
 * @module
 */
import type { AnyActorRef } from "xstate";
import {
  alert,
  type AlertOptions,
  type AlertSnapshot,
  type Judgement,
} from "../../machines/alert.ts";
import { freeze, type Frozen, thaw } from "../../machines/freeze.ts";
import type { AlertLevel, Incident } from "../../messages/alert.ts";
import type { Finding } from "../../policies/alerts/rule.ts";
import type { Clock } from "../ports.ts";
import type { Supervisor } from "../supervisor.ts";
import { type Timed, wind } from "../timers.ts";

/** An open incident, as it is stored. */
export interface StoredWatch {
  readonly incident: Incident;
  readonly machine: Frozen;
}

/** What follows from what machines do. */
export interface WatchListener {
  raised(watch: Watch, level: AlertLevel): void;
  escalated(watch: Watch): void;
  cleared(watch: Watch): void;
}

/** A rule and one of its subjects. */
export class Watch {
  readonly rule: string;
  readonly subject: string | null;
  /** Names its machine. */
  readonly id: string;
  /** What was measured last. */
  finding: Finding | null = null;
  /** Null: it is none yet, or none any more. */
  incident: Incident | null;
  #snapshot: AlertSnapshot | null = null;
  #actor: AnyActorRef | null = null;

  /** Of a rule; `incident` is that of an earlier process. */
  constructor(rule: string, subject: string | null, incident: Incident | null = null) {
    this.rule = rule;
    this.subject = subject;
    this.id = `alert.${rule}${subject === null ? "" : `:${subject}`}`;
    this.incident = incident;
  }

  /** As it was judged last. */
  get level(): Judgement {
    return this.#snapshot?.context.level ?? "calm";
  }

  /** Nothing is wrong: it can be forgotten. */
  get isCalm(): boolean {
    return this.#snapshot === null || this.#snapshot.matches("calm");
  }

  /** Tells the machine. */
  judge(level: Judgement, nowMs: number): void {
    if (level !== this.level) this.#actor?.send({ type: "judged", level, nowMs });
  }

  /** What is to be stored; null where it is no incident. */
  stored(moment: { readonly nowMs: number; readonly wallMs: number }): StoredWatch | null {
    if (!this.incident || !this.#snapshot) return null;
    return { incident: this.incident, machine: freeze(this.#snapshot, moment) };
  }

  /**
   * Starts its machine, where it stood if that was stored. False where what was stored is of no use:
   * then there is none.
   */
  settle(
    supervisor: Pick<Supervisor, "keep">,
    clock: Clock,
    options: AlertOptions,
    listener: WatchListener & { ended(watch: Watch): void },
    frozen?: unknown,
  ): boolean {
    const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
    const input = { options };
    let snapshot = frozen === undefined ? null : thaw(alert, input, frozen, moment);
    if (frozen !== undefined && snapshot === null) return false;
    supervisor.keep({
      id: this.id,
      logic: alert.provide({
        actions: {
          raise: ({ context: { least } }) =>
            listener.raised(this, least === "critical" ? "critical" : "warning"),
          escalate: () => listener.escalated(this),
          clear: () => listener.cleared(this),
        },
      }),
      keepsState: true,
      given: () => {
        const from = snapshot;
        snapshot = null; // Of an earlier process: for the first life of this one.
        return { input, snapshot: from };
      },
      made: (actor) => {
        this.#actor = actor;
        this.#snapshot = actor.getSnapshot();
        actor.subscribe({
          next: (snapshot: AlertSnapshot) => {
            if (snapshot.status === "active") this.#snapshot = snapshot;
          },
          error: () => {},
        });
        wind(actor as unknown as Timed, clock);
      },
      ended: () => listener.ended(this),
    });
    return true;
  }
}
