/**
 * Holds the configuration in force and lets it change: by a reload of what is written, or by a patch.
 * Both go one way: checked as a whole, then taken by all whom it concerns, or by none.
 *
 * @module
 */
import type { ConfigAck, ConfigChange, ConfigVersion, ConfigView } from "../messages/config.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Config } from "./config.ts";
import { pointer } from "./config_issues.ts";
import { patchConfig, patched } from "./config_patch.ts";
import type { Clock } from "./ports.ts";
import { type Issue, Refusal } from "./refusal.ts";
import { applicable, changes, describeChanges, isBelow, liveKeys } from "./reload.ts";

/** Versions that are remembered. */
const versionsMax = 32;

/** One who heeds a part of the configuration. */
export interface Heeder {
  /** As it is called in acks. */
  readonly name: string;
  /** Keys that concern it, with all below them. */
  readonly keys: readonly string[];
  /** Throws where it can't heed `config`. Nobody has taken it yet. Default: it can. */
  readonly check?: (config: Config) => void | Promise<void>;
  /** Heeds `config` from now on. */
  readonly heed: (config: Config) => void | Promise<void>;
}

/** What a change is asked for with. */
export interface PatchOptions {
  /** The etag that the patch was made for; a later version refuses it. Default: any. */
  readonly ifMatch?: string;
  /** Who asks. Default `program`. */
  readonly by?: string;
  /** Whether it is also written to the file of the configuration. Default false. */
  readonly save?: boolean;
}

/** What came of a reload. */
export interface Reloaded {
  /** Counts configurations since the start; that of the start is 1. */
  readonly version: number;
  /** Every value that is not what it was. */
  readonly changes: readonly ConfigChange[];
}

/** The configuration of a runtime, as programs hold it. */
export interface ConfigHandle {
  /** What is in force. */
  view(): ConfigView;
  /**
   * Changes some of it while running, by a JSON merge patch: what is left out stays, null takes a key
   * back to its default where it can't be null itself. Rejects with Refusal, and changes nothing, where
   * the whole would be wrong (`invalid_config`), a key needs a restart (`needs_restart`) or it is of
   * another version by now (`config_changed`).
   */
  patch(patch: unknown, options?: PatchOptions): Promise<ConfigView>;
  /** Lets another one heed it too; returns the way to stop. */
  heed(heeder: Heeder): Disposable;
  /** How patches are saved; null: there is no file. */
  save: SavePatch | null;
}

/**
 * Writes a patch to the file of the configuration, and takes away what is `removed`; resolves with the
 * way to undo it.
 */
export type SavePatch = (
  patch: unknown,
  removed: readonly (readonly string[])[],
) => Promise<() => Promise<void>>;

/** What a desk stands on. */
export interface DeskParts {
  readonly clock: Clock;
  /** Of the start, so that versions of two starts are told apart. */
  readonly epoch: number;
  /** In the order in which they are asked. */
  readonly heeders: readonly Heeder[];
  /** Tells facts. */
  readonly note: (fact: ControlFact) => void;
}

/** The one place where the configuration changes. */
export class ConfigDesk implements ConfigHandle {
  save: SavePatch | null = null;
  #config: Config;
  /** What was loaded last. */
  #loaded: Config;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #versions: ConfigVersion[];
  readonly #heeders: Heeder[];
  readonly #parts: DeskParts;

  /** `config` is in force. */
  constructor(config: Config, parts: DeskParts) {
    this.#config = this.#loaded = config;
    this.#parts = parts;
    this.#heeders = [...parts.heeders];
    this.#versions = [{ version: 1, at: this.#now, by: "start", changes: [], acks: [] }];
  }

  /** The configuration in force. */
  get config(): Config {
    return this.#config;
  }

  view(): ConfigView {
    return {
      version: this.#latest.version,
      etag: this.#etag,
      config: this.#config,
      live: liveKeys,
      differs: changes(this.#loaded, this.#config)
        .map((change) => change.live ? change : { ...change, words: turned(change.words) }),
      versions: [...this.#versions],
    };
  }

  heed(heeder: Heeder): Disposable {
    this.#heeders.push(heeder);
    return {
      [Symbol.dispose]: () => void this.#heeders.splice(this.#heeders.indexOf(heeder), 1),
    };
  }

  /**
   * Takes what `load` brings, after any change under way; what needs a restart is told and left as it
   * is. What can't be loaded changes nothing; the refusal is told of as `config_rejected` and thrown on.
   */
  reload(load: () => Config | Promise<Config>, by = "program"): Promise<Reloaded> {
    return this.#inTurn(async () => {
      try {
        const loaded = await load();
        const changed = changes(this.#config, loaded);
        const { version } = await this.#take(applicable(this.#config, loaded), changed, by);
        this.#loaded = loaded;
        return { version, changes: changed };
      } catch (error) {
        this.#reject(error);
        throw error;
      }
    });
  }

  patch(patch: unknown, { ifMatch, by = "program", save = false }: PatchOptions = {}) {
    return this.#inTurn(async () => {
      this.#refuseOther(ifMatch);
      const { config, removed } = patched(this.#config, patch);
      const changed = changes(this.#config, config);
      refuseRestart(changed);
      if (save && this.save === null) throw noFile();
      const undo = save ? await this.save!(patch, removed) : null;
      try {
        if (changed.length > 0) await this.#take(config, changed, by);
      } catch (error) {
        await undo?.();
        throw error;
      }
      if (undo !== null) this.#loaded = patchConfig(this.#loaded, patch);
      return this.view();
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Lets everybody take `config` whom something of it concerns, or nobody. */
  async #take(
    config: Config,
    changed: readonly ConfigChange[],
    by: string,
  ): Promise<ConfigVersion> {
    const live = changed.filter(({ live }) => live);
    const concerned = this.#heeders.filter(({ keys }) =>
      live.some(({ key }) => keys.some((name) => isBelow(key, name)))
    );
    for (const { check } of concerned) await check?.(config);
    const acks = await this.#hand(config, concerned);
    this.#config = config;
    const version = this.#latest.version + 1;
    const made: ConfigVersion = { version, at: this.#now, by, changes: changed, acks };
    this.#versions.push(made);
    if (this.#versions.length > versionsMax) this.#versions.shift();
    this.#parts.note({ type: "config", version, change: describeChanges(changed), by });
    return made;
  }

  /** Hands it to one after another; where one can't take it, those before go back. */
  async #hand(config: Config, heeders: readonly Heeder[]): Promise<readonly ConfigAck[]> {
    const { clock } = this.#parts;
    const acks: ConfigAck[] = [];
    for (const { name, heed } of heeders) {
      const sinceMs = clock.nowMs();
      try {
        await heed(config);
      } catch (error) {
        // Also the one that failed, which may have taken a part of it.
        for (const one of heeders.slice(0, acks.length + 1).reverse()) await one.heed(this.#config);
        throw error;
      }
      acks.push({ actor: name, tookMs: Math.round((clock.nowMs() - sinceMs) * 1e3) / 1e3 });
    }
    return acks;
  }

  #refuseOther(ifMatch: string | undefined): void {
    if (ifMatch === undefined || ifMatch === this.#etag) return;
    const message = `The configuration is another one by now: expected ${this.#etag}, ` +
      `given ${ifMatch.slice(0, 80)}`;
    throw new Refusal("config_changed", message, [
      { pointer: "", message, expected: this.#etag, given: ifMatch.slice(0, 80) },
    ]);
  }

  #reject(error: unknown): void {
    const message = `The configuration stays as it is: ${reasonsOf(error)}`;
    this.#parts.note({ type: "alert", level: "warning", code: "config_rejected", message });
  }

  get #latest(): ConfigVersion {
    return this.#versions.at(-1)!;
  }

  get #etag(): string {
    return `"${this.#parts.epoch}.${this.#latest.version}"`;
  }

  get #now(): string {
    return new Date(this.#parts.clock.wallMs()).toISOString();
  }
}

/** What waits for a restart is told from what is in force to what will be. */
const turned = (words: string): string => words.split(" -> ").reverse().join(" -> ");

function refuseRestart(changed: readonly ConfigChange[]): void {
  const issues = changed.filter(({ live }) => !live).map(({ key, words }): Issue => ({
    pointer: pointer(key.split(".")),
    message: `${key} needs a restart: ${words}`,
  }));
  if (issues.length === 0) return;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  throw new Refusal("needs_restart", `${issues[0]!.message}${more}; nothing was changed`, issues);
}

const noFile = () =>
  new Refusal("no_config_file", "Cannot save the patch as the service has no configuration file");

function reasonsOf(error: unknown): string {
  if (!(error instanceof Refusal)) return String(error);
  return error.issues.map(({ message }) => message).join("; ") || error.message;
}
