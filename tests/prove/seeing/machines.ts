/**
 * The live machines of a thousand actors, for a program that reads them and for a page.
 *
 * @module
 */
import process from "node:process";
import type { AnyActor } from "xstate";
import { worker, workerOptions } from "../../../machines/worker.ts";
import type { WorkerMessage } from "../../../messages/mailboxes.ts";
import type { SceneMessage } from "../../../service/inspect/scene.ts";
import { serve } from "../../../service/serve.ts";
import { browserPath, withBrowser } from "../../browser/browser.ts";
import { type ScriptedRuntime, scriptedRuntime } from "../../scripted_runtime.ts";
import { until } from "../../until.ts";
import { atMost, type Measured, type Row } from "../row.ts";
import { p95 } from "../sample.ts";

/** Events are sent this often, ms: a fiftieth of those of a second. */
const beatMs = 20;

/** What is shown, and for how long. */
interface Load {
  readonly actors: number;
  readonly eventsPerS: number;
  readonly seconds: number;
}

/** Rows of the live machines. */
export function machineRows(quick: boolean): readonly Row[] {
  const load = { actors: 1_000, eventsPerS: 2_000, seconds: quick ? 4 : 20 };
  const words = "1,000 machines at 2,000 events a second";
  return [
    { line: `${words}: a viewer sees each state <= 500 ms late`, run: () => viewed(load) },
    {
      line: `${words}: a page in Chromium shows each state <= 500 ms late`,
      run: () => drawn(load),
    },
    { line: `${words}: watching costs <= 5 % of a core more`, run: () => cost(load) },
  ];
}

/** Workers that are told to drain later and later: a message that each of them takes. */
class Crowd {
  readonly actors: readonly AnyActor[];
  #next = 0;
  #sent = 0;

  constructor(runtime: ScriptedRuntime, { actors }: Load) {
    this.actors = Array.from({ length: actors }, (_, seat) => {
      const input = { seat, generation: 1, nowMs: 0, options: workerOptions.parse({}) };
      return runtime.startActor(worker, `worker.${seat}.1`, input);
    });
  }

  get sent(): number {
    return this.#sent;
  }

  /** Tells the next one something; each goes from spawning over ready to draining and further. */
  tell(): void {
    const actor = this.actors[this.#next++ % this.actors.length]!;
    const round = Math.floor(this.#sent++ / this.actors.length) % 3;
    const told = { generation: 1, nowMs: performance.now() };
    const drain: WorkerMessage = { ...told, type: "drain", because: "asked", withinMs: 1e6 };
    const message: WorkerMessage = round === 0 ? { ...told, type: "connected", pid: 1 } : drain;
    actor.send(message);
  }

  /** Sends at a steady rate; `each` is called after each beat. */
  async play({ eventsPerS, seconds }: Load, each = () => {}): Promise<void> {
    const startMs = performance.now();
    const all = eventsPerS * seconds;
    while (this.#sent < all) {
      const due = Math.min(all, (performance.now() - startMs) / 1_000 * eventsPerS);
      while (this.#sent < due) this.tell();
      each();
      await new Promise((resolve) => setTimeout(resolve, beatMs));
    }
  }

  stop(): void {
    for (const actor of this.actors) actor.stop();
  }
}

/** From when an actor moved to when a viewer has it: by the times that its moves carry. */
async function viewed(load: Load): Promise<Measured> {
  const runtime = scriptedRuntime();
  const crowd = new Crowd(runtime, load);
  await using service = await serve(runtime, { port: 0 });
  const lagsMs: number[] = [];
  const known = new Map<string, unknown>();
  const socket = new WebSocket(`${service.url.replace("http", "ws")}/inspect/live`);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.onmessage = ({ data }) => {
    const { born, moved, events } = JSON.parse(data) as SceneMessage;
    const now = Date.now();
    for (const { id, value } of born) known.set(id, value);
    for (const { id, value } of moved) known.set(id, value);
    // The oldest of a message has waited longest.
    for (const { at } of [...moved, ...events]) lagsMs.push(now - at);
  };
  await until(() => known.size === load.actors);
  await crowd.play(load);
  const isSame = ({ sessionId, getSnapshot }: AnyActor, actor: AnyActor) =>
    JSON.stringify(known.get(sessionId)) === JSON.stringify(getSnapshot.call(actor).value);
  await until(() => crowd.actors.every((actor) => isSame(actor, actor)));
  crowd.stop();
  socket.close();
  await closed;
  const worst = Math.max(...lagsMs.slice(-100_000));
  const most = p95(lagsMs);
  return atMost(worst, 500, "ms", `worst of ${lagsMs.length} moves and events, p95 ${most} ms`);
}

/** From when an event was sent to when the page has drawn what came of it. */
async function drawn(load: Load): Promise<Measured> {
  if (browserPath === null) throw new Error("There is no Chromium here");
  const runtime = scriptedRuntime();
  // What is scripted there is no whole record.
  Object.assign(runtime.insight, { decisions: () => Promise.resolve({ items: [], next: null }) });
  const crowd = new Crowd(runtime, load);
  await using service = await serve(runtime, { port: 0 });
  const lagsMs: number[] = [];
  await withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    await page.goto(`${service.url}/inspect/#worker.0.1`);
    await page.getByRole("tab", { name: "All events" }).click();
    await until(async () => await page.getByRole("option").count() === load.actors);
    let asked = Promise.resolve();
    let isAsking = false;
    await crowd.play(load, () => {
      if (isAsking) return;
      isAsking = true;
      asked = page.evaluate(() => {
        const { document } = globalThis as unknown as {
          readonly document: { readonly body: { readonly dataset: Record<string, string> } };
        };
        return Number(document.body.dataset["lagMs"]);
      }).then((lagMs) => {
        if (Number.isFinite(lagMs)) lagsMs.push(lagMs);
        isAsking = false;
      });
    });
    await asked;
  });
  crowd.stop();
  const most = p95(lagsMs);
  return atMost(Math.max(...lagsMs), 500, "ms", `worst of ${lagsMs.length} looks, p95 ${most} ms`);
}

/** CPU time of this process with a viewer that reads, less that without, a second. */
async function cost(load: Load): Promise<Measured> {
  const usedRatio = async (isWatched: boolean) => {
    const runtime = scriptedRuntime();
    const crowd = new Crowd(runtime, load);
    await using service = await serve(runtime, { port: 0 });
    const viewer = isWatched ? await readElsewhere(service.url) : null;
    const before = process.cpuUsage();
    await crowd.play(load);
    const { user, system } = process.cpuUsage(before);
    await viewer?.stop();
    crowd.stop();
    return (user + system) / 1e6 / load.seconds;
  };
  const [without, watched] = [await usedRatio(false), await usedRatio(true)];
  const percent = (ratio: number) => Math.round(ratio * 1_000) / 10;
  const detail = `${percent(watched)} % with a viewer, ${percent(without)} % without`;
  return atMost(percent(watched - without), 5, "% of a core", detail);
}

/** A viewer in a process of its own, so that its work is not counted; resolves when it reads. */
async function readElsewhere(url: string): Promise<{ stop(): Promise<void> }> {
  const socket = `new WebSocket("${url.replace("http", "ws")}/inspect/live")`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", `${socket}.onmessage = ({ data }) => JSON.parse(data).whole && console.log(1)`],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const said = child.stdout.getReader();
  const { done } = await said.read();
  if (done) throw new Error("The viewer ended");
  return {
    async stop() {
      child.kill();
      await said.cancel();
      await child.status;
    },
  };
}
