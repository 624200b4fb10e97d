/**
 * The dashboard as it is visited: on other screens, in other colours, by those who may change nothing.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { assertUsable, watch, type Watched } from "./browser.ts";

/** Opens the dashboard and waits for its first row. */
export async function open({ page }: Watched, url: string, search = ""): Promise<number> {
  const sinceMs = performance.now();
  await page.goto(`${url}/${search}`);
  await page.locator(".tile .value").first().waitFor();
  return performance.now() - sinceMs;
}

/** Goes to a view by its link. */
export const go = ({ page }: Watched, view: string) =>
  page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();

/** Every view, as the navigation calls it. */
export const views = [
  ...["Overview", "Jobs", "Workflows", "Schedules", "Pools", "Decisions", "Alerts", "Diagnosis"],
  ...[
    "Audit",
    "Report",
    "Operations",
    "Costs and worth",
    "Capacity",
    "Simulations",
    "Configuration",
  ],
];

/** How else all views are looked at: dark at full width they were. */
export const looks = [
  { name: "phone", width: 360, height: 740, colours: "light" },
  { name: "light", colours: "light" },
] as const;

/** Every view by its address, as a link leads to it. */
export async function allViews(
  browser: Browser,
  url: string,
  { name, ...look }: typeof looks[number],
): Promise<void> {
  const watched = await watch(browser, look);
  const { page } = watched;
  await open(watched, url);
  for (const view of views) {
    const word = view.split(" ")[0]!.toLowerCase();
    await page.goto(`${url}/#/${word}`);
    await page.getByRole("heading", { level: 1, name: view }).waitFor();
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    await assertUsable(watched);
    await watched.picture(`${name}-${word}`);
  }
  assertEquals(watched.complaints, []);
  await page.close();
}

type Browser = Parameters<typeof watch>[0];

/** On a phone, in light: by keys alone to the list of jobs. */
export async function smallAndLight(browser: Browser, url: string): Promise<void> {
  const watched = await watch(browser, { width: 360, height: 740, colours: "light" });
  const { page } = watched;
  await open(watched, url);
  await assertUsable(watched);
  await watched.picture("phone-light");
  await page.keyboard.press("Tab");
  assertEquals(await page.locator(":focus").textContent(), "Skip to the content");
  for (const name of ["Flyball", "Menu"]) {
    await page.keyboard.press("Tab");
    assertMatch((await page.locator(":focus").textContent())!, new RegExp(name));
  }
  await page.keyboard.press("Enter");
  for (const _ of ["Overview", "Jobs"]) await page.keyboard.press("Tab");
  await watched.picture("phone-menu");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
  await page.getByRole("row").nth(2).waitFor();
  await assertUsable(watched);
  await watched.picture("phone-jobs");
  assertEquals(watched.complaints, []);
  await page.close();
}

/** A page that asks a newer service for a script that there is no more says so, and comes anew. */
export async function anotherVersion(browser: Browser, url: string): Promise<void> {
  const watched = await watch(browser);
  const { page } = watched;
  const rare = "**/dashboard/rare_views-*";
  await page.route(rare, (route) => route.fulfill({ status: 404 }));
  await open(watched, url);
  await go(watched, "Pools");
  await page.getByRole("alert").getByText("can't be loaded").waitFor();
  await page.unroute(rare);
  await page.getByRole("button", { name: "Load the page anew" }).click();
  await page.getByRole("heading", { level: 1, name: "Pools" }).waitFor();
  await page.getByText("Policy onDemand").first().waitFor();
  await page.close();
}

/** Where nothing is to be changed there is nothing that changes. */
export async function nothingToChange(browser: Browser, url: string): Promise<void> {
  const watched = await watch(browser, { colours: "light" });
  await open(watched, url, "?readonly");
  await watched.picture("overview-light");
  await go(watched, "Jobs");
  await watched.page.getByRole("row").nth(2).waitFor();
  for (const name of ["New job", "Cancel", "Retry"]) {
    assertEquals(await watched.page.getByRole("button", { name }).count(), 0);
  }
  await go(watched, "Pools");
  await watched.page.getByText("Policy onDemand").first().waitFor();
  assertEquals(await watched.page.getByRole("button", { name: "Apply" }).count(), 0);
  await watched.page.close();
}
