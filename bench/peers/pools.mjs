// Other pools in the shape of the no-op bench, each as its own documentation sets it up.
const filename = new URL("./noop_worker.mjs", import.meta.url).href;
const run = (pool) => ({
  run: (_name, argument) => pool.run(argument),
  close: () => pool.destroy(),
});

/** Worker threads, one task at a time each. */
export async function piscina(workers) {
  const { Piscina } = await import("piscina");
  return run(
    new Piscina({ filename, minThreads: workers, maxThreads: workers, maxQueue: Infinity }),
  );
}

/** Child processes, one task at a time each. */
export async function tinypool(workers) {
  const { Tinypool } = await import("tinypool");
  return run(
    new Tinypool({
      filename,
      minThreads: workers,
      maxThreads: workers,
      runtime: "child_process",
    }),
  );
}
