/** The page that is served is what its sources make, small, and speaks to its own host alone. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { createApp } from "../service/app.ts";
import { builtFolder, dashboardFiles, loadedFirst } from "./dashboard_page.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

/** Bytes of a first look: scripts, style and markup, libraries too, before any compression. */
const bytesMax = 150_000;

const ask = (request: Request, token?: string) =>
  createApp(scriptedRuntime(), { token }).fetch(request);

const request = (path = "/", headers = {}) => new Request(`http://localhost${path}`, { headers });

const text = async (path: string) => await (await ask(request(path))).text();

Deno.test("dashboard: the page and its scripts are what their sources make (UPDATE=1 makes them)", async () => {
  const made = await dashboardFiles();
  if (Deno.env.get("UPDATE") === "1") {
    await Deno.remove(builtFolder, { recursive: true }).catch(() => {});
    await Deno.mkdir(builtFolder);
    for (const [name, text] of made) await Deno.writeTextFile(new URL(name, builtFolder), text);
  }
  const kept = [...Deno.readDirSync(builtFolder)].map(({ name }) => name);
  const told = "UPDATE=1 deno test -A tests/dashboard_test.ts makes the page anew";
  assertEquals(kept.toSorted(), [...made.keys()].toSorted(), told);
  for (const [name, text] of made) {
    assert(text === await Deno.readTextFile(new URL(name, builtFolder)), told);
  }
});

Deno.test("dashboard: a first look is at most 150 KB, and all of it comes from its own host", async () => {
  const page = await text("/");
  const loaded = [...page.matchAll(/<(?:script|link|img|iframe)[^>]*?(?:src|href)="([^"]+)"/gi)]
    .map(([, path]) => path!).filter((path) => !path.startsWith("data:"));
  for (const path of loaded) assertMatch(path, /^dashboard\/[\w-]+\.js$/);
  const scripts = await Promise.all(loaded.map((path) => text(`/${path}`)));
  // What scripts import before they begin is named by the page, too, so that it comes at once.
  const imported = scripts.flatMap((each) => [...each.matchAll(/(?:from|import)"\.\/([^"]+)"/g)]);
  for (const [, name] of imported) assert(loaded.includes(`dashboard/${name}`), name);
  assert(imported.length > 0);
  // The first row does not wait for what draws the charts below it.
  const first = await loadedFirst();
  assertEquals(first.length, 1 + scripts.length + 1);
  const bytes = first.reduce((sum, file) => sum + Deno.statSync(file).size, 0);
  assert(bytes <= bytesMax, `${bytes} > ${bytesMax}`);
  assertEquals(page.match(/@import|url\((?!data:)/g), null);
});

Deno.test("dashboard: views that few open come when they are opened, and nothing else can be read", async () => {
  const main = await text("/dashboard/main.js");
  const [, later] = /import\("\.\/(rare_views-\w+\.js)"\)/.exec(main)!;
  const response = await ask(request(`/dashboard/${later}`), "secret");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/javascript; charset=utf-8");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  assertMatch(await response.text(), /What went well/);
  for (const name of ["rare_views-OLD.js", "page.html", "..%2fpage.ts", "%2e%2e%2fapp.js", ".js"]) {
    const none = await ask(request(`/dashboard/${name}`));
    assertEquals([none.status, (await none.json()).code], [404, "not_found"], name);
  }
});

Deno.test("dashboard: only scripts and styles of its own host run, and they speak to it alone", async () => {
  const response = await ask(request());
  const policy = response.headers.get("content-security-policy")!;
  const page = await response.text();
  const [, style] = /<style>([^]*?)<\/style>/.exec(page)!;
  const hash = createHash("sha256").update(style!).digest("base64");
  assertMatch(policy, new RegExp(`style-src 'sha256-${RegExp.escape(hash)}'(;|$)`));
  assertMatch(policy, /script-src 'self'(;|$)/);
  assertEquals(page.match(/<script(?! type="module" src=)/g), null);
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
