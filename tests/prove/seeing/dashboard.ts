/**
 * The dashboard: its bytes, how soon it can be used, and what pages that are open cost the service.
 *
 * @module
 */
import { browserPath, watch, withBrowser } from "../../browser/browser.ts";
import { inFolder } from "../../command_line.ts";
import { serve, type Service } from "../../serving.ts";
import { until } from "../../until.ts";
import { loadedFirst } from "../../dashboard_page.ts";
import { atMost, type Measured, type Row } from "../row.ts";

/** Ticks of the kernel's clock in a second. */
const ticksPerS = 100;

/** Jobs submitted so often, ms: two that last a second and report ten times, as the feed's proof. */
const jobsEveryMs = 90;
const jobs = Array.from({ length: 2 }, () => ({ task: "sleep", input: { ms: 1_000 } }));

/** All rows about the dashboard. */
export const dashboardRows = (quick: boolean): readonly Row[] => {
  const pages = quick ? 5 : 50;
  return [
    {
      line: "the dashboard: bytes of a first look, libraries included, not compressed",
      run: async (): Promise<Measured> => {
        const firstLook = await Promise.all(
          (await loadedFirst()).map((file) => Deno.stat(file)),
        );
        const bytes = firstLook.reduce((sum, { size }) => sum + size, 0);
        return atMost(bytes, 150_000, "bytes");
      },
    },
    {
      line: "the dashboard: from the address to the first row, in Chromium",
      run: () => interactive(quick ? 2 : 7),
    },
    {
      line: `${pages} open pages: CPU of the service at 200 events a second, against none open`,
      run: () =>
        watched(pages, quick ? { rounds: 1, lastsMs: 2_000 } : { rounds: 4, lastsMs: 10_000 }),
    },
  ];
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function interactive(tries: number): Promise<Measured> {
  if (browserPath === null) throw new Error("there is no browser here");
  const tookMs: number[] = [];
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    await withBrowser(async (browser) => {
      for (let i = 0; i < tries; i++) {
        const { page } = await watch(browser);
        const sinceMs = performance.now();
        await page.goto(service.url);
        await page.locator(".tile .value").first().waitFor();
        tookMs.push(performance.now() - sinceMs);
        await page.close();
      }
    });
  });
  const worst = `median of ${tries}, worst ${Math.round(Math.max(...tookMs))} ms`;
  return atMost(Math.round(median(tookMs)), 1_000, "ms", worst);
}

/** Rounds without and with pages take turns under the same jobs; what they differ by is the cost. */
async function watched(
  pages: number,
  { rounds, lastsMs }: { readonly rounds: number; readonly lastsMs: number },
): Promise<Measured> {
  const costs: number[] = [];
  let frames = 0;
  await inFolder({}, async (cwd) => {
    await using service = await serve(cwd);
    const { host } = await service.status();
    const pid: number = host.trees.find(({ seat }: { seat: unknown }) => seat === null).pid;
    const share = async () => {
      const before = ticksOf(pid);
      await work(service, lastsMs);
      return (ticksOf(pid) - before) / ticksPerS / (lastsMs / 1_000);
    };
    await share(); // What is done for the first time is dear.
    for (let i = 0; i < rounds; i++) {
      const without = await share();
      const open = await openPages(service.url, pages, () => frames++);
      costs.push(await share() - without);
      await Promise.all(open.map((close) => close()));
    }
  });
  const perS = Math.round(frames / (rounds * pages * lastsMs / 1_000) * 10) / 10;
  const told = `median of ${rounds} rounds, ${perS} frames a second to each`;
  return atMost(Math.round(median(costs) * 1_000) / 10, 5, "% of a core", told);
}

/** CPU time of a process so far, its threads included, in ticks. */
function ticksOf(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function work(service: Service, forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  for (let dueMs = performance.now(); dueMs < end; dueMs += jobsEveryMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    await service.submit({ jobs });
  }
}

/** What a page holds open; how each is closed. */
async function openPages(
  url: string,
  count: number,
  onFrame: () => void,
): Promise<(() => Promise<void>)[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/live/overview`);
    socket.onmessage = onFrame;
    return socket;
  });
  await until(() => sockets.every(({ readyState }) => readyState === WebSocket.OPEN));
  return sockets.map((socket) => () =>
    new Promise((resolve) => {
      socket.onclose = () => resolve();
      socket.close();
    })
  );
}
