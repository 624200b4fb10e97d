/**
 * States in a word and a colour, and small links.
 *
 * @module
 */
import { Fragment, h } from "preact";
import { clock } from "./format.ts";
import { hrefOf } from "./route.ts";

const tones: Readonly<Record<string, string>> = {
  done: "good",
  ready: "good",
  closed: "good",
  seeing: "good",
  cleared: "good",
  met: "good",
  faster: "good",
  helped: "good",
  better: "good",
  running: "active",
  starting: "active",
  resizing: "active",
  waiting: "wait",
  scheduled: "wait",
  blocked: "wait",
  retrying: "warn",
  warning: "warn",
  cooldown: "warn",
  halfOpen: "warn",
  paused: "warn",
  pinned: "warn",
  expired: "warn",
  failed: "bad",
  dead: "bad",
  timedOut: "bad",
  lost: "bad",
  open: "bad",
  critical: "bad",
  blind: "bad",
  emergency: "bad",
  missed: "bad",
  slower: "bad",
  hurt: "bad",
  worse: "bad",
};

const spoken: Readonly<Record<string, string>> = { timedOut: "timed out", halfOpen: "half open" };

/** A state. */
export function Badge({ state, tone }: { readonly state: string; readonly tone?: string }) {
  return <span class={`badge ${tone ?? tones[state] ?? ""}`}>{spoken[state] ?? state}</span>;
}

/** The way to a job. */
export function JobLink({ id }: { readonly id: string }) {
  return <a class="id" href={hrefOf("jobs", id)}>{id}</a>;
}

/** An instant, with its whole date for those who point at it. */
export function Instant({ at }: { readonly at: number | string | null | undefined }) {
  if (at === null || at === undefined) return <>–</>;
  const iso = new Date(at).toISOString();
  return <time dateTime={iso} title={iso}>{clock(at)}</time>;
}
