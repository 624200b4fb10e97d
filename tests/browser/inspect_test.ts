/** The live machines as a person sees them, and the bridge to the Stately inspector. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../command_line.ts";
import { serve, type Service } from "../serving.ts";
import { until } from "../until.ts";
import { assertUsable, browserPath, watch, type Watched, withBrowser } from "./browser.ts";

const ignore = browserPath === null;

/** Growth that waits for nobody, and an end of idle workers while one looks. */
const configuration = `
pools:
  default:
    slots: { commands: 1 }
    policy: { name: onDemand, workersMax: 3 }
`;

/** Text of the one that is looked at. */
const stateOf = ({ page }: Watched) => page.locator("#state").textContent();

/** States that are lit in the chart. */
const lit = ({ page }: Watched): Promise<string[]> =>
  page.locator("#chart .lit").evaluateAll((parts) =>
    parts.map((part) => (part as unknown as { readonly id: string }).id)
  );

const choose = ({ page }: Watched, name: string | RegExp) =>
  page.getByRole("option", { name }).first().click();

async function seeMachinesMove(watched: Watched, service: Service): Promise<void> {
  const { page, picture } = watched;
  await page.goto(`${service.url}/inspect/`);
  await page.locator("#chart .lit").first().waitFor();
  assert((await lit(watched)).includes("scaling.operator.auto"));
  await service.ask("PATCH", "/api/v1/pools/default", { paused: true, for: "10m" });
  await until(async () => (await lit(watched)).includes("scaling.operator.paused"));
  await page.locator("#events li", { hasText: "pause" }).waitFor();
  await picture("machines-paused");
  await service.ask("PATCH", "/api/v1/pools/default", { paused: false });
  await until(async () => (await lit(watched)).includes("scaling.operator.auto"));

  const jobs = Array.from({ length: 12 }, () => ({ command: ["sleep", "2"] }));
  await service.submit({ jobs });
  await page.getByRole("option", { name: /^worker\.\d+\.\d+ ?ready/ }).nth(2).waitFor();
  await choose(watched, /^worker\.\d+\.\d+ ?ready/);
  await until(async () => (await lit(watched)).join() === "worker.ready");
  assertEquals(await stateOf(watched), "ready");
  await page.locator("#memory tr", { hasText: "generation" }).waitFor();
  await page.getByRole("tab", { name: "Facts" }).click();
  await page.locator("#facts li", { hasText: "decision" }).first().waitFor();
  await picture("machines-worker");
  await assertUsable(watched);
}

async function goBack(watched: Watched): Promise<void> {
  const { page, picture } = watched;
  const now = await page.getByRole("option").count();
  await page.getByRole("slider").focus();
  await page.keyboard.press("Home");
  await page.locator("body.past").waitFor();
  await page.locator("#then", { hasText: "decision 1 " }).waitFor();
  await choose(watched, /^scaling/);
  await until(async () => (await lit(watched)).includes("scaling.breaker.closed"));
  await page.locator("#memory tr", { hasText: "decided by" }).waitFor();
  assert(await page.getByRole("option").count() < now, "then there were fewer");
  await picture("machines-past");
  await page.keyboard.press("Escape");
  await page.locator("body:not(.past)").waitFor();
  await page.getByRole("option", { name: /^sampler/ }).waitFor();
}

Deno.test({
  name: "browser: machines change state, are found by name, and stand as they stood at a decision",
  ignore,
  fn: () =>
    inFolder({ "flyball.yaml": configuration }, async (cwd) => {
      await using service = await serve(cwd);
      await withBrowser(async (browser) => {
        const watched = await watch(browser, { colours: "light" });
        await seeMachinesMove(watched, service);
        await goBack(watched);
        await watched.page.keyboard.press("/");
        await watched.page.keyboard.type("seat");
        await until(async () => {
          const names = await watched.page.locator("#actors li:not([hidden]) .name")
            .allTextContents();
          return names.length > 0 && names.every((name) => name.startsWith("seat."));
        });
        const phone = await watch(browser, { width: 360, height: 740 });
        await phone.page.goto(`${service.url}/inspect/#series`);
        await phone.page.getByText("It has no states").waitFor();
        await assertUsable(phone);
        await phone.picture("machines-phone");
        for (const { complaints, hosts } of [watched, phone]) {
          assertEquals(complaints, []);
          assertEquals([...hosts], [new URL(service.url).host]);
        }
      });
    }),
});

/** A page around the receiver of the package. */
async function inspectorPage(): Promise<string> {
  const receiver = new URL("receiver.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", receiver],
  }).output();
  const script = new TextDecoder().decode(stdout).replaceAll("</script", "<\\/script");
  assertMatch(script, /statelyai\.connected/);
  return `<!doctype html><title>inspector</title><script type="module">${script}</script>`;
}

interface Frame {
  readonly type: string;
  readonly name?: string;
  readonly definition?: string;
  readonly event?: { readonly type: string };
}

Deno.test({
  name: "browser: the bridge hands machines to the Stately inspector, and only when it is told to",
  ignore,
  fn: () =>
    inFolder({ token: "correct-horse-battery-staple-0123456789" }, async (cwd) => {
      await Deno.chmod(`${cwd}/token`, 0o600);
      await using service = await serve(cwd, "--token-file", "token");
      const html = await inspectorPage();
      await withBrowser(async (browser) => {
        const watched = await watch(browser);
        const { page } = watched;
        await page.context().route("https://stately.ai/**", (route) =>
          route.fulfill({ contentType: "text/html", body: html }));
        await page.goto(`${service.url}/inspect/stately`);
        await page.getByText("Nothing is handed over.").waitFor();
        await watched.picture("stately");
        await assertUsable(watched);
        assertEquals([...watched.hosts], [new URL(service.url).host], "nobody else yet");
        const opening = page.context().waitForEvent("page");
        await page.getByRole("button", { name: "Open it and hand over" }).click();
        const inspector = await opening;
        await page.getByRole("textbox", { name: "Token" }).fill(
          "correct-horse-battery-staple-0123456789",
        );
        await page.getByRole("button", { name: "Go on" }).click();
        const got = () =>
          inspector.evaluate(() =>
            (globalThis as unknown as { readonly got: Frame[] }).got
          );
        await until(async () => (await got()).some(({ name }) => name === "scaling"));
        await page.getByText(/Connected to https:\/\/stately\.ai/).waitFor();
        const scaling = (await got()).find(({ name }) => name === "scaling")!;
        assertEquals(JSON.parse(scaling.definition!).id, "scaling");
        await fetch(`${service.url}/api/v1/pools/default`, {
          method: "PATCH",
          headers: {
            "authorization": "Bearer correct-horse-battery-staple-0123456789",
            "content-type": "application/json",
          },
          body: '{"paused":true,"for":"10m"}',
        }).then((response) => response.body?.cancel());
        await until(async () => (await got()).some(({ event }) => event?.type === "pause"));
        const types = new Set((await got()).map(({ type }) => type));
        assertEquals(types, new Set(["@xstate.actor", "@xstate.event", "@xstate.snapshot"]));
        assertEquals(watched.complaints.filter((text) => !/401/.test(text)), []);
      });
    }),
});
