/** The page that is served is what its sources make, small, and speaks to its own host alone. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { createApp } from "../service/app.ts";
import { dashboardPage } from "./dashboard_page.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

const file = new URL("../service/dashboard.html", import.meta.url);

/** Bytes of the whole page: script, style and markup, libraries too, before any compression. */
const bytesMax = 150_000;

const ask = (request: Request, token?: string) =>
  createApp(scriptedRuntime(), { token }).fetch(request);

const request = (path = "/", headers = {}) => new Request(`http://localhost${path}`, { headers });

Deno.test("dashboard: the page is what its sources make (UPDATE=1 makes it)", async () => {
  const page = await dashboardPage();
  if (Deno.env.get("UPDATE") === "1") await Deno.writeTextFile(file, page);
  const served = await Deno.readTextFile(file);
  assert(served === page, "UPDATE=1 deno test -A tests/dashboard_test.ts makes the page anew");
});

Deno.test("dashboard: is one file of at most 150 KB that names nothing to load", async () => {
  const response = await ask(request());
  const page = await response.text();
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert(new TextEncoder().encode(page).length <= bytesMax, `${page.length} > ${bytesMax}`);
  const loaded = page.match(/<(?:script|link|img|iframe)[^>]*?(?:src|href)=(?!["']?data:)[^ >]+/gi);
  assertEquals(loaded, null);
  assertEquals(page.match(/@import|url\((?!data:)/g), null);
});

Deno.test("dashboard: only its own script and style run, and they speak to its host alone", async () => {
  const response = await ask(request());
  const policy = response.headers.get("content-security-policy")!;
  const page = await response.text();
  for (const tag of ["script", "style"]) {
    const [, inner] = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(page)!;
    const hash = createHash("sha256").update(inner!).digest("base64");
    assertMatch(policy, new RegExp(`${tag}-src 'sha256-${RegExp.escape(hash)}'(;|$)`));
  }
  assertMatch(policy, /^default-src 'none';/);
  assertMatch(policy, /connect-src 'self';/);
  assertMatch(policy, /frame-ancestors 'none'/);
  assert(!policy.includes("unsafe"));
  assertEquals(/<[a-z][^>]*\son[a-z]+=/i.test(page.split("<script")[0]!), false);
});

Deno.test("dashboard: is not sent again to who has it, and comes without a token", async () => {
  const first = await ask(request(), "secret");
  assertEquals(first.status, 200);
  await first.body?.cancel();
  const etag = first.headers.get("etag")!;
  const second = await ask(request("/", { "if-none-match": etag }));
  assertEquals([second.status, await second.text()], [304, ""]);
  const read = await ask(request("/?readonly"));
  assertEquals(read.status, 200);
  await read.body?.cancel();
  assertEquals((await ask(request("/api/v1/live/overview"), "secret")).status, 401);
});
