/**
 * What jobs of a profile are given where they say nothing themselves.
 *
 * @module
 */
import type { JobSpec, Priority } from "../messages/job.ts";
import type { Limits } from "../messages/limits.ts";
import { ByName } from "./by_name.ts";
import { operationOf } from "./job.ts";
import { tighter } from "./limits/tighter.ts";
import { Refusal } from "./refusal.ts";

/** What a profile says. */
export interface Profile {
  readonly pool: string | null;
  readonly priority: Priority | null;
  readonly timeoutMs: number | null;
  readonly queueTimeoutMs: number | null;
  readonly retries: number | null;
  readonly limits: Limits;
}

/** What a configuration says of profiles. */
export interface ProfilesConfig {
  readonly profiles: Readonly<Record<string, Profile>>;
  readonly pools: object;
  readonly operations: Readonly<Record<string, { readonly profile?: string | null }>>;
}

/** The profiles in force. */
export class Profiles {
  #profiles: ProfilesConfig["profiles"] = {};
  #pools: object = {};
  #byOperation: ByName<string> | null = null;

  /** Those of a configuration. Default: there are none. */
  constructor(config?: ProfilesConfig) {
    if (config) this.adopt(config);
  }

  /** Jobs have others from now on. */
  adopt({ profiles, pools, operations }: ProfilesConfig): void {
    this.#profiles = profiles;
    this.#pools = pools;
    const said = Object.entries(operations)
      .flatMap(([name, { profile }]) => profile ? [[name, profile]] : []);
    this.#byOperation = said.length === 0 ? null : new ByName(Object.fromEntries(said));
  }

  /** A job with what its profile gives it; throws Refusal `unknown_profile`. */
  fill(spec: JobSpec): JobSpec {
    const name = spec.profile ?? this.#byOperation?.of(operationOf(spec));
    if (name === undefined) return spec;
    const { [name]: profile } = this.#profiles;
    if (profile === undefined || !Object.hasOwn(this.#profiles, name)) throw this.#unknown(name);
    const { limits, ...defaults } = profile;
    const pool = defaults.pool ?? (Object.hasOwn(this.#pools, name) ? name : null);
    const given = Object.entries({ ...defaults, pool }).filter(([, value]) => value !== null);
    const within = tighter(spec.limits, limits);
    return {
      ...Object.fromEntries(given),
      ...spec,
      profile: name,
      ...(within && { limits: within }),
    };
  }

  #unknown(name: string): Refusal {
    const known = Object.keys(this.#profiles).join(", ");
    const message = `There is no profile ${JSON.stringify(name)}: there is ${known}`;
    return new Refusal("unknown_profile", message, [
      { pointer: "/profile", message: "is not a profile", expected: known, given: name },
    ]);
  }
}
