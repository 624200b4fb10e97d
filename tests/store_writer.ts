/**
 * A service in miniature for the tests that kill and trace one: accepts jobs and says so.
 *
 * Arguments: data directory, lanes, jobs (0: for ever), `FULL` or `NORMAL`. Writes one line an
 * event, each in a write of its own: `append ID AT`, `synced LSN AT`, `ack ID LSN AT`.
 */
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";

const [directory, lanes, jobs, synchronous] = Deno.args;
const nowMs = () => performance.timeOrigin + performance.now();
const encoder = new TextEncoder();
const say = (...words: unknown[]) => {
  Deno.stdout.writeSync(encoder.encode(`${words.join(" ")}\n`));
};

const store = await sqliteStore({
  directory: directory!,
  synchronous: synchronous === "NORMAL" ? "NORMAL" : "FULL",
  onSynced: (lsn, atMs) => say("synced", lsn, atMs),
});
const waiting: { readonly lsn: number; readonly resolve: () => void }[] = [];
store.onCommitted((lsn) => {
  while (waiting.length > 0 && waiting[0]!.lsn <= lsn) waiting.shift()!.resolve();
});

let id = store.lastJobId;
const last = Number(jobs) > 0 ? id + Number(jobs) : Infinity;
const lane = async () => {
  while (id < last) {
    const job = { id: ++id, acceptedAt: Date.now(), spec: { task: "noop", input: id } };
    say("append", job.id, nowMs());
    const lsn = store.append([{ type: "accepted", job }]);
    await new Promise<void>((resolve) => waiting.push({ lsn, resolve }));
    say("ack", job.id, lsn, nowMs());
  }
};
await Promise.all(Array.from({ length: Number(lanes) }, lane));
await store.close();
