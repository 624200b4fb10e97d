/**
 * An answer of the service that is asked for again and again while somebody looks at it.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { get, type Problem } from "./api.ts";
import { asksToken } from "./session.ts";

/** The latest answer, what went wrong with the latest question, and the way to ask at once. */
export interface Asked<T> {
  readonly data: T | null;
  readonly problem: Problem | null;
  readonly again: () => void;
}

/** Time between two questions where nothing is said, ms. */
const usualMs = 2_000;

/**
 * Asks for `path` now, whenever it changes, and `everyMs`; 0: only once. Null asks nothing. A page
 * that nobody sees does not ask.
 */
export function useAsked<T>(path: string | null, everyMs = usualMs): Asked<T> {
  const [answer, setAnswer] = useState<{ path: string | null; data: T | null }>({
    path: null,
    data: null,
  });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      try {
        if (!document.hidden) {
          const data = await get<T>(path, left.signal);
          if (left.signal.aborted) return;
          setAnswer({ path, data });
          setProblem(null);
        }
      } catch (error) {
        if (left.signal.aborted) return;
        setProblem(error as Problem);
        if ((error as Problem).status === 404) return; // It will not come to be.
      }
      if (everyMs > 0) timer = setTimeout(ask, everyMs);
    };
    ask();
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs, turn, asksToken.value]);
  return {
    data: rootOf(answer.path) === rootOf(path) ? answer.data : null,
    problem,
    again: () => setTurn((now) => now + 1),
  };
}

/** Another range of the same thing shows the last answer until there is a new one. */
const rootOf = (path: string | null) => path?.split("?")[0] ?? null;
