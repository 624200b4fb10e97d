/**
 * One envelope out of many wishes. Policies open the room, constraints narrow it; they come last,
 * so nothing a policy says can undo a veto.
 *
 * @module
 */
import type { Candidate, Envelope, Spawn } from "../../messages/decision.ts";
import { flawOf } from "./sound.ts";

/** A cap for a pool that nobody caps; a finite number, so that it survives JSON. */
const uncapped = Number.MAX_SAFE_INTEGER;

/** No room at all: the envelope before the first decision. */
export const closed: Envelope = Object.freeze({
  floor: 0,
  cap: 0,
  runningMax: null,
  commandsMax: null,
  spawn: null,
  keepAliveMs: 0,
});

/** An envelope and how it came about. */
export interface Combination {
  /** The room the pool may move in. */
  readonly envelope: Envelope;
  /** Who set the floor (or the cap where the floor did not move). */
  readonly winner: string;
  /** The constraints that narrowed what the policies proposed, and those that can't be used. */
  readonly vetoes: readonly Candidate[];
  /** The reason of the winner. */
  readonly because: string;
}

/**
 * Combines what `policies` propose, then what `constraints` allow: floor, size and keep-alive are the
 * largest, every limit is the smallest. A floor above a cap gives way. A proposal with a number
 * that is negative or not a number is refused: the pool stays where it was (`before`), inside the
 * constraints that make sense.
 */
export function combine(
  before: Envelope,
  policies: readonly Candidate[],
  constraints: readonly Candidate[],
): Combination {
  const sound = constraints.filter((candidate) => flawOf(candidate) === null);
  const broken = policies.find((candidate) => flawOf(candidate) !== null) ??
    (sound.length < constraints.length
      ? constraints.find((candidate) => !sound.includes(candidate))
      : undefined);
  const refused = broken === undefined ? null : refusal(broken);
  const open = refused ? before : opened(policies);
  const envelope = narrow(open, join(sound));
  const narrows = (candidate: Candidate) =>
    !same(sound.length === 1 ? envelope : narrow(open, join([candidate])), open);
  const vetoes = constraints.filter((candidate) =>
    !sound.includes(candidate) || narrows(candidate)
  );
  if (refused) return { envelope, vetoes, ...refused };

  const author = authorOf(envelope, before, vetoes, policies);
  return {
    envelope,
    vetoes,
    winner: author?.policy ?? "none",
    because: author?.proposal.because ?? "nobody proposes anything",
  };
}

/** What `constraints` that make sense leave of an envelope. */
export function within(envelope: Envelope, constraints: readonly Candidate[]): Envelope {
  return narrow(envelope, join(constraints.filter((candidate) => refusal(candidate) === null)));
}

/**
 * The room that policies open. Whoever says exactly how many (`floor` = `cap`) names a size and no
 * limit: of several the largest holds, and what raises the floor raises it too. So it raises a cap
 * that is a precaution.
 */
function opened(policies: readonly Candidate[]): Envelope {
  if (policies.length === 1 || !policies.some(isRaisable)) return join(policies);
  const floor = Math.max(...policies.map(({ proposal }) => proposal.floor));
  return join(
    policies.map((candidate) => isRaisable(candidate) ? raised(candidate, floor) : candidate),
  );
}

const isRaisable = ({ proposal: { floor, cap, capRaisableTo } }: Candidate): boolean =>
  floor === cap || capRaisableTo !== undefined;

function raised(candidate: Candidate, to: number): Candidate {
  const { floor, cap = uncapped, capRaisableTo = uncapped } = candidate.proposal;
  const most = floor === cap ? to : Math.max(cap, Math.min(to, capRaisableTo));
  return { ...candidate, proposal: { ...candidate.proposal, cap: most } };
}

/** The room that candidates of one kind leave together. */
function join(candidates: readonly Candidate[]): Envelope {
  let [floor, cap, spares, keepAliveMs] = [0, uncapped, 0, 0];
  let runningMax: number | null = null;
  let commandsMax: number | null = null;
  let drainMs: number | null = null;
  let spawn: Spawn | null = null;
  for (const { proposal } of candidates) {
    floor = Math.max(floor, proposal.floor);
    cap = Math.min(cap, proposal.cap ?? uncapped);
    spares = Math.max(spares, proposal.spares ?? 0);
    keepAliveMs = Math.max(keepAliveMs, proposal.keepAliveMs ?? 0);
    runningMax = lesser(runningMax, proposal.runningMax);
    commandsMax = lesser(commandsMax, proposal.commandsMax);
    drainMs = lesser(drainMs, proposal.drainMs);
    if (proposal.spawn) spawn = spawn === null ? proposal.spawn : sooner(spawn, proposal.spawn);
  }
  floor = Math.min(floor, cap);
  const rest = { ...spare(spares), keepAliveMs, ...drain(drainMs) };
  return { floor, cap, runningMax, commandsMax, spawn, ...rest };
}

/** What is left of `open` inside `room`; the cap of the room outranks every floor. */
function narrow(open: Envelope, room: Envelope): Envelope {
  const cap = Math.min(Math.max(open.cap, room.floor), room.cap);
  return {
    floor: Math.min(Math.max(open.floor, room.floor), cap),
    cap,
    runningMax: lesser(open.runningMax, room.runningMax),
    commandsMax: lesser(open.commandsMax, room.commandsMax),
    spawn: open.spawn && room.spawn ? sooner(open.spawn, room.spawn) : open.spawn,
    ...spare(Math.max(open.spares ?? 0, room.spares ?? 0)),
    keepAliveMs: Math.max(open.keepAliveMs, room.keepAliveMs),
    ...drain(lesser(open.drainMs ?? null, room.drainMs)),
  };
}

const spare = (spares: number) => spares > 0 ? { spares } : {};

const drain = (drainMs: number | null) => drainMs === null ? {} : { drainMs };

const many = (startingMax: number) => startingMax > 0 ? { startingMax } : {};

function sooner(one: Spawn, other: Spawn): Spawn {
  const backlogMs = lesser(one.backlogMs ?? null, other.backlogMs);
  return {
    lagMs: Math.min(one.lagMs, other.lagMs),
    ...(backlogMs !== null && { backlogMs }),
    queuePer: Math.min(one.queuePer, other.queuePer),
    ...many(Math.max(one.startingMax ?? 0, other.startingMax ?? 0)),
  };
}

/** Who is to be named for an envelope: a constraint only where no policy wanted the same. */
function authorOf(
  envelope: Envelope,
  before: Envelope,
  vetoes: readonly Candidate[],
  policies: readonly Candidate[],
): Candidate | undefined {
  const edge = envelope.floor === before.floor ? "cap" : "floor";
  const sets = ({ proposal }: Candidate) => proposal[edge] === envelope[edge];
  const caps = ({ proposal }: Candidate) => proposal.cap === envelope.cap;
  return policies.find(sets) ?? vetoes.find(sets) ?? vetoes[0] ?? policies.find(caps) ??
    policies[0];
}

/** Why a candidate can't be used, under the name of who made it; null when it can. */
function refusal(candidate: Candidate): Pick<Combination, "winner" | "because"> | null {
  const flaw = flawOf(candidate);
  const { policy } = candidate;
  return flaw === null ? null : { winner: policy, because: `held: ${policy} ${flaw}` };
}

/** The smaller of two values, of which either may not be there. */
function lesser(one: number | null, other: number | null | undefined): number | null {
  if (other === null || other === undefined) return one;
  return one === null ? other : Math.min(one, other);
}

/** Whether two envelopes leave the same room. */
export function same(one: Envelope, other: Envelope): boolean {
  return one.floor === other.floor && one.cap === other.cap &&
    one.runningMax === other.runningMax && one.commandsMax === other.commandsMax &&
    one.keepAliveMs === other.keepAliveMs && one.spares === other.spares &&
    one.drainMs === other.drainMs &&
    one.spawn?.lagMs === other.spawn?.lagMs &&
    one.spawn?.backlogMs === other.spawn?.backlogMs &&
    one.spawn?.queuePer === other.spawn?.queuePer &&
    one.spawn?.startingMax === other.spawn?.startingMax;
}
