/**
 * Lets the disk be probed by who asks for it, one at a time, and remembers what was found.
 *
 * @module
 */
import type { CapacityQuery } from "../../messages/capacity.ts";
import type { Probe } from "../host/limits/probe.ts";
import { Flaws } from "../series/parse.ts";

/** Probes of one runtime. */
export class Prober {
  readonly #data: string | null;
  #latest: Probe | null = null;
  #running: Promise<Probe> | null = null;

  /** Of the disk of `data`, or of temporary files where there is none. */
  constructor(data: string | null) {
    this.#data = data;
  }

  /** What the latest probe has found, after a new one if that is asked for; null: there was none. */
  async ask(query: CapacityQuery = {}): Promise<Probe | null> {
    const flaws = new Flaws();
    flaws.fields(query, ["probe"]);
    const { probe = false } = query;
    if (typeof probe !== "boolean") flaws.refuse("probe", "true or false", probe);
    flaws.throw();
    if (!probe) return this.#latest;
    this.#running ??= this.#probe().finally(() => this.#running = null);
    return this.#latest = await this.#running;
  }

  async #probe(): Promise<Probe> {
    const { probeDisk } = await import("../host/limits/probe.ts");
    return probeDisk(this.#data);
  }
}
