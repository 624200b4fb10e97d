/** The dashboard of a running service, as a person uses it: every step by what can be seen. */
import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../command_line.ts";
import { serve, type Service } from "../serving.ts";
import { until } from "../until.ts";
import { assertUsable, browserPath, watch, type Watched, withBrowser } from "./browser.ts";
import {
  allViews,
  anotherVersion,
  go,
  looks,
  nothingToChange,
  open,
  smallAndLight,
  views,
} from "./visits.ts";

const ignore = browserPath === null;

/** A pool that grows at a burst however busy the machine is, and runs six commands at once. */
const configuration = `
pools:
  default:
    slots: { commands: 2 }
    policy: { name: onDemand, workersMax: 3 }
`;

/** Submits commands by hand. */
async function submit(
  { page }: Watched,
  command: readonly string[],
  { count = 1, priority = "normal" } = {},
) {
  await page.getByRole("button", { name: "New job" }).click();
  const form = page.getByRole("dialog", { name: "New job" });
  await form.getByLabel("Kind").selectOption("command");
  await form.getByLabel("Program and arguments").fill(JSON.stringify(command));
  await form.getByLabel("How many").fill(String(count));
  await form.getByLabel("Class").selectOption(priority);
  await form.getByRole("button", { name: "Submit" }).click();
  await form.waitFor({ state: "detached" });
}

/** Workers now, by the first row. */
async function workersOf({ page }: Watched): Promise<number> {
  const text = await page.locator(".tile", { hasText: "Running / workers" }).locator("small")
    .textContent();
  return Number(text!.replace("/", ""));
}

/** A burst, the mark of the growth, and its whole record. */
async function seeGrowth(watched: Watched): Promise<void> {
  const { page, picture } = watched;
  await go(watched, "Jobs");
  await submit(watched, ["sleep", "8"], { count: 60 });
  await page.getByRole("row", { name: /waiting.*sleep 8/ }).first().waitFor();
  await go(watched, "Overview");
  await until(async () => await workersOf(watched) > 1);
  const grown = page.getByRole("button", { name: /grew from \d+ to \d+/ });
  await grown.first().waitFor();
  await picture("overview-dark");
  await page.getByRole("button", { name: /head waited|jobs wait and have|wanted/ }).first().focus();
  await grown.last().click();
  const record = page.getByRole("dialog", { name: "Why the pool has this size" });
  await record.getByRole("heading", { name: "What was seen" }).waitFor();
  await picture("decision");
  const text = await record.textContent();
  assertMatch(text!, /Decision \d+ of pool default/);
  assertMatch(text!, /a worker for each job that waits/);
  await page.keyboard.press("Escape");
  await record.waitFor({ state: "detached" });
}

/** A job that waits: why, and then it is cancelled. */
async function cancelWaiting(watched: Watched): Promise<void> {
  const { page, picture } = watched;
  await go(watched, "Jobs");
  await page.getByLabel("State").selectOption("waiting");
  const row = page.getByRole("row", { name: /waiting/ }).first();
  await row.getByRole("link").click();
  const why = page.locator(".panel.why");
  await why.getByRole("status").waitFor();
  assertMatch((await why.textContent())!, /Gate/);
  await picture("job-waiting");
  await page.getByRole("button", { name: /^Cancel/ }).click();
  await page.getByText("cancelled", { exact: true }).first().waitFor();
  await page.getByText("It said nothing.").waitFor();
  assertEquals(await page.getByRole("button", { name: /^Cancel/ }).count(), 0);
}

/** What a job says comes while it runs, and is there afterwards. */
async function readLog(watched: Watched): Promise<void> {
  const { page, picture } = watched;
  await go(watched, "Jobs");
  await submit(watched, ["sh", "-c", "echo begun; sleep 1; echo over >&2"], { priority: "high" });
  const row = page.getByRole("row", { name: /echo begun/ });
  await row.getByRole("link").click();
  const log = page.getByRole("log");
  await log.getByText("begun").waitFor();
  await log.getByText("over").waitFor();
  await page.locator(".hint", { hasText: /^ended$/ }).waitFor();
  await picture("job-done");
}

/** A workflow of three steps: the two that it took its time for, and the one that it did not. */
async function seeWorkflow(watched: Watched, service: Service): Promise<void> {
  const { page, picture } = watched;
  const step = (taskId: string, command: readonly string[], after: readonly string[] = []) => ({
    ...{ taskId, command, after, executionId: "release", priority: "high" },
  });
  const [built] = await service.submit({ jobs: [step("build", ["sleep", "1"])] });
  await service.submit({
    jobs: [step("sign", ["sleep", "1"], [built!.id]), step("greet", ["true"])],
  });
  await go(watched, "Workflows");
  await page.getByRole("link", { name: "release" }).click();
  await page.getByRole("heading", { level: 1, name: "Workflow release" }).waitFor();
  await page.getByText("2 of 3 steps").waitFor();
  await page.locator("header .badge", { hasText: "done" }).waitFor();
  const steps = page.locator(".waterfall li");
  assertEquals(await steps.count(), 3);
  assertEquals(await page.locator(".waterfall li.critical").count(), 2);
  await picture("workflow");
}

/** The operator's hand on a pool. */
async function pinPool(watched: Watched): Promise<void> {
  const { page, picture } = watched;
  await go(watched, "Pools");
  await page.getByLabel("of", { exact: false }).and(page.locator("[name=workers]")).fill("2");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.locator(".badge", { hasText: "pinned" }).waitFor();
  await picture("pools");
  await page.getByRole("button", { name: "Back to the policy" }).click();
  await page.locator(".badge", { hasText: "pinned" }).waitFor({ state: "detached" });
}

/** A what-if, and its curves. */
async function runWhatIf(watched: Watched): Promise<void> {
  const { page, picture } = watched;
  await go(watched, "Simulations");
  await page.locator("[name=scenario]").selectOption("sparse");
  await page.getByLabel("Policies").fill("governor, fixed:workers=4");
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("row", { name: /fixed/ }).waitFor();
  await page.getByRole("img", { name: /Workers over time/ }).waitFor();
  await picture("what-if");
}

/** A value of the configuration, while it runs. */
async function editConfiguration(watched: Watched): Promise<void> {
  const { page, picture } = watched;
  await go(watched, "Configuration");
  await page.getByLabel("Search keys").fill("policy.keepAliveMs");
  await page.getByRole("button", { name: "Edit pools.default.policy.keepAliveMs" }).click();
  await page.getByLabel("Value of pools.default.policy.keepAliveMs").fill("30s");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /HTTP.*60000 -> 30000/ }).waitFor();
  await picture("configuration-changed");
}

Deno.test({
  name:
    "browser: a burst, its growth and the reason, a waiting job, a log, a pool, a what-if, a value",
  ignore,
  fn: () =>
    inFolder({ "flyball.yaml": configuration }, async (cwd) => {
      await using service = await serve(cwd);
      await withBrowser(async (browser) => {
        const watched = await watch(browser);
        const tookMs = await open(watched, service.url);
        console.log(`interactive after ${Math.round(tookMs)} ms`);
        await seeGrowth(watched);
        await cancelWaiting(watched);
        await readLog(watched);
        await seeWorkflow(watched, service);
        await pinPool(watched);
        await runWhatIf(watched);
        await editConfiguration(watched);
        for (const view of views) {
          await go(watched, view);
          await watched.page.getByRole("heading", { level: 1, name: view }).waitFor();
          await watched.page.locator("[aria-busy=true]").waitFor({ state: "detached" });
          assertEquals(await watched.page.locator(".trouble").allTextContents(), []);
          await assertUsable(watched);
          await watched.picture(view.toLowerCase().replaceAll(" ", "-"));
        }
        assertEquals(watched.complaints, []);
        assertEquals([...watched.hosts], [new URL(service.url).host]);
        await smallAndLight(browser, service.url);
        for (const look of looks) await allViews(browser, service.url, look);
        await nothingToChange(browser, service.url);
        await anotherVersion(browser, service.url);
      });
    }),
});

Deno.test({
  name: "browser: the token is asked for once, and kept for the tab alone",
  ignore,
  fn: () =>
    inFolder({ token: "correct-horse-battery-staple-0123456789" }, async (cwd) => {
      await Deno.chmod(`${cwd}/token`, 0o600);
      await using service = await serve(cwd, "--token-file", "token");
      await withBrowser(async (browser) => {
        const watched = await watch(browser);
        const { page } = watched;
        await page.goto(service.url);
        await page.getByLabel("Token").fill("wrong");
        await page.getByRole("button", { name: "Enter" }).click();
        await page.getByRole("alert").waitFor();
        await watched.picture("login");
        await page.getByLabel("Token").fill("correct-horse-battery-staple-0123456789");
        await page.keyboard.press("Enter");
        await page.getByText("live", { exact: true }).waitFor();
        await page.reload();
        await page.getByText("live", { exact: true }).waitFor();
        assertEquals(await page.context().cookies(), []);
        const other = await watch(browser);
        await other.page.goto(service.url);
        await other.page.getByLabel("Token").waitFor();
      });
    }),
});
