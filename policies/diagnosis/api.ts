/**
 * The answers of the API, for those who wait for them.
 *
 * @module
 */
import { span } from "../span.ts";
import { count, fullness, outside, ramp, type Suspect } from "./cause.ts";

/** Answers without which a share of them says little. */
const requestsMin = 5;

/** Who asks waits for the answer, though the machine and the thread of the service have room. */
export const api: Suspect = {
  name: "api",
  examine(sight) {
    const { api, threads: { ownRatio } } = sight;
    if (!api || api.requests < requestsMin) return null;
    const { p95Ms, requests, slowest: { route, meanMs } } = api;
    // Where cores or the thread are short, that is the cause and this what follows.
    const follows = Math.max(fullness(sight), ramp(ownRatio, .85, .97));
    return {
      score: .8 * ramp(p95Ms, 200, 600) * (1 - .8 * follows),
      because: `The API takes ${span(p95Ms)} for an answer, most of it for ${route}`,
      evidence: [
        count("p95Ms", p95Ms, `95 of 100 answers take at most ${span(p95Ms)}`),
        count("requests", requests, `${requests} were given in the last minute`),
        count("meanMs", meanMs, `${route} takes ${span(meanMs)} in the mean`),
      ],
      fix: outside(`Ask ${route} less often or for less: a smaller limit, a filter, the live feed`),
    };
  },
};
