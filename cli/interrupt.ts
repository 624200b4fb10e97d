/**
 * Ctrl-C and its like: the first asks for an orderly end, the second for the end.
 *
 * @module
 */

const signals = ["SIGINT", "SIGTERM"] as const;

/** Calls `ask` at the first SIGINT or SIGTERM and `insist` at every further one. */
export function onInterrupt(
  ask: (signal: Deno.Signal) => void,
  insist: (signal: Deno.Signal) => void,
): Disposable {
  let asked = false;
  const listeners = signals.map((signal) => {
    const listener = () => {
      const first = !asked;
      asked = true;
      (first ? ask : insist)(signal);
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return { [Symbol.dispose]: () => listeners.forEach((remove) => remove()) };
}
