/**
 * A browser that the tests of pages drive: Chromium, where the machine has one.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type Browser, chromium, type Page } from "playwright-core";

/** Names under which Chromium is installed. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Longest wait for something to come, ms. */
const ceilingMs = 30_000;

/** Where pictures are put: a place to look at them. */
const pictures = new URL("../../.screenshots/", import.meta.url);

/** The program; null where there is none, and then this has been said. */
export const browserPath: string | null = found();

function found(): string | null {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const given = Deno.env.get("CHROMIUM");
  const paths = given ? [given] : names.flatMap((name) => folders.map((at) => `${at}/${name}`));
  const path = paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  if (path !== undefined) return path;
  console.error("SKIPPED: no Chromium here. apt-get install chromium, or CHROMIUM=/path/to/it");
  return null;
}

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly colours?: "light" | "dark";
}

/** A page, what it complained of, and whom it asked. */
export interface Watched {
  readonly page: Page;
  /** Errors of its console, and what it did not catch. */
  readonly complaints: readonly string[];
  /** Hosts that it asked for something, WebSockets too. */
  readonly hosts: ReadonlySet<string>;
  /** Keeps what it looks like as a picture. */
  picture(name: string): Promise<void>;
}

/** Opens a browser for as long as the test takes. */
export async function withBrowser(test: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({
    executablePath: browserPath!,
    // As root there is no sandbox; pages are our own.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });
  try {
    await test(browser);
  } finally {
    await browser.close();
  }
}

/** Opens a page of its own, watched from its first request on. */
export async function watch(browser: Browser, look: Look = {}): Promise<Watched> {
  const { width = 1_440, height = 900, colours = "dark" } = look;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: colours });
  page.setDefaultTimeout(ceilingMs);
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) hosts.add(new URL(request.url()).host);
  });
  page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host));
  const picture = async (name: string) => {
    await Deno.mkdir(pictures, { recursive: true });
    const path = new URL(`${name}.png`, pictures).pathname;
    await page.screenshot({ path, animations: "disabled" });
  };
  return { page, complaints, hosts, picture };
}

/** Nothing that can be clicked or filled in is without a name, and nothing is wider than the page. */
export async function assertUsable({ page }: Watched): Promise<void> {
  const wrong = await page.evaluate(() => {
    const { document, getComputedStyle, innerWidth } = globalThis as unknown as Frame;
    const named = (element: Control): boolean =>
      [
        ...[element.getAttribute("aria-label"), element.getAttribute("title")],
        ...[element.textContent, ...[...element.labels ?? []].map((label) => label.textContent)],
      ].some((text) => text?.trim());
    const controls = [
      ...document.querySelectorAll("a, button, input, select, textarea, [role=img]"),
    ];
    return [
      ...controls.filter((each) => getComputedStyle(each).display !== "none" && !named(each))
        .map((each) => `without a name: ${each.outerHTML.slice(0, 120)}`),
      ...document.documentElement.scrollWidth > innerWidth ? ["wider than the page"] : [],
    ];
  });
  assertEquals(wrong, []);
}

/** What is used of a document; the types of browsers are not those of this program. */
interface Control {
  readonly outerHTML: string;
  readonly textContent: string | null;
  readonly labels?: Iterable<Control> | null;
  getAttribute(name: string): string | null;
}

interface Frame {
  readonly innerWidth: number;
  readonly document: {
    readonly documentElement: { readonly scrollWidth: number };
    querySelectorAll(selector: string): Iterable<Control>;
  };
  getComputedStyle(element: Control): { readonly display: string };
}
