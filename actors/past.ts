/**
 * Back to a decision: where the machines stood then, out of the facts that are stored.
 *
 * @module
 */
import type { ControlFact, Stamped } from "../messages/facts.ts";
import type { Past, PastMachine } from "../messages/past.ts";
import type { Decisions } from "./decisions.ts";
import { beforeFacts, epochOf, isOf } from "./epoch.ts";
import type { Store } from "./ports.ts";

/** Facts that are read at once; between two pages others have their turn. */
const pageFacts = 1_000;
/** Facts that are told of the time before a decision, and of that after it. */
const [beforeMax, afterMax] = [40, 20];

type Told = Stamped<ControlFact>;

/**
 * The moment of a decision; null when it is not stored, or no longer. Machines of which no fact is
 * stored any more are left out.
 */
export async function pastOf(
  store: Pick<Store, "read">,
  decisions: Pick<Decisions, "get">,
  id: number,
): Promise<Past | null> {
  const epoch = epochOf(id);
  const standings = new Map<string, PastMachine>();
  const before: Told[] = [];
  let from = beforeFacts(epoch) + 1;
  for (;;) {
    const facts = await store.read({ type: "facts", from, limit: pageFacts });
    for (const told of facts) {
      if (!isOf(epoch, told.seq)) return null;
      replay(standings, told);
      if (before.push(told) > beforeMax * 2) before.splice(0, beforeMax);
      const { seq, at, fact } = told;
      if (fact.type !== "decided" || fact.decision.id !== id) continue;
      const next = await store.read({ type: "facts", from: seq + 1, limit: afterMax });
      const after = next.filter((later) => isOf(epoch, later.seq));
      return {
        seq,
        at,
        // The fact is as it was then; what came of it is known since.
        decision: await decisions.get(id) ?? fact.decision,
        machines: [...standings.values()],
        facts: [...before.slice(-beforeMax), ...after],
      };
    }
    if (facts.length < pageFacts) return null;
    from = facts.at(-1)!.seq + 1;
  }
}

/** What a fact tells of a machine: it stands elsewhere, or it is over. */
export function replay(standings: Map<string, PastMachine>, { at, fact }: Told): void {
  const stands = (
    actor: string,
    machine: string,
    value: unknown,
    event: string,
    because?: string,
  ) => standings.set(actor, { actor, machine, value, event, at, because: because ?? null });
  switch (fact.type) {
    case "machine":
      stands(fact.actor, fact.actor.split(".")[0]!, fact.value, fact.event);
      break;
    case "worker": {
      const actor = `worker.${fact.seat}.${fact.generation}`;
      if (fact.state === "gone") standings.delete(actor);
      else stands(actor, "worker", fact.state, fact.state, fact.because);
      break;
    }
    case "alertRaised":
    case "alertEscalated":
      stands(incidentOf(fact), "alert", { raised: fact.level }, fact.type, fact.message);
      break;
    case "alertCleared":
      standings.delete(incidentOf(fact));
  }
}

const incidentOf = (
  { rule, subject }: { readonly rule: string; readonly subject: string | null },
) => `alert.${rule}${subject === null ? "" : `:${subject}`}`;
