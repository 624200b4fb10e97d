/**
 * The page of the dashboard, made of its sources, and the scripts that it loads.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** Where a browser begins. */
const main = new URL("../service/dashboard/main.tsx", import.meta.url);

/** Where all of it is kept. */
export const builtFolder = new URL("../service/dashboard_built/", import.meta.url);

/** Small files from many, as `deno bundle` makes them, by name. */
async function bundled(entry: URL): Promise<ReadonlyMap<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "flyball-dashboard-" });
  try {
    const flags = ["--quiet", "--minify", "--platform=browser", "--code-splitting"];
    const args = ["bundle", ...flags, "--outdir", folder, entry.pathname];
    const command = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
    return renamed(names.map((name) => [name, Deno.readTextFileSync(`${folder}/${name}`)]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A name that the bundler made: its eight signs differ with the folder of the repository. */
const signed = /\b([a-z_]+)-[A-Z0-9]{8}\.js\b/g;

/** The same files, named by what is in them, those that import nothing unnamed first. */
function renamed(files: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  let left = files.map(([name, text]) => ({ name, text }));
  while (left.length > 0) {
    const next = left.find(({ text }) => left.every(({ name }) => !text.includes(`./${name}`)));
    if (!next) throw new Error("Scripts import each other in a circle");
    const { name, text } = next;
    const sign = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
    const stays = name.replace(signed, `$1-${sign}.js`);
    named.set(stays, text);
    left = left.filter((file) => file !== next)
      .map((file) => ({ ...file, text: file.text.replaceAll(`./${name}`, `./${stays}`) }));
  }
  return named;
}

/** Makes the page and its scripts, by name. */
export async function dashboardFiles(): Promise<ReadonlyMap<string, string>> {
  const [scripts, styles] = await Promise.all([bundled(main), bundled(new URL("style.css", main))]);
  const page = pageOf(styles.get("style.css")!.trim(), importedBy(scripts.get("main.js")!));
  return new Map([...scripts, ["page.html", page]]);
}

/** What a browser loads at a first look: the page, its script, what that needs, and what draws. */
export async function loadedFirst(): Promise<readonly URL[]> {
  const main = new URL("main.js", builtFolder);
  const needed = importedBy(await Deno.readTextFile(main));
  const all = [...Deno.readDirSync(builtFolder)].map(({ name }) => name);
  const drawing = all.filter((name) => name.startsWith("plot-"));
  return ["page.html", "main.js", ...needed, ...drawing].map((name) => new URL(name, builtFolder));
}

/** What a script needs before it can begin. */
const importedBy = (script: string): readonly string[] =>
  [...script.matchAll(/(?:from|import)"\.\/([\w.-]+)"/g)].map(([, name]) => name!);

const pageOf = (style: string, shared: readonly string[]) =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="description" content="What Flyball is doing, and why">
<title>Flyball</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
${shared.map((name) => `<link rel="modulepreload" href="dashboard/${name}">`).join("\n")}
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>The dashboard needs JavaScript. Everything it shows is in the API below /api/v1.</noscript>
<script type="module" src="dashboard/main.js"></script>
</body>
</html>
`;

/** The governor: two balls on their arms. A sharp sign would end the address. */
const icon = ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='#3f7fe8' " +
  "stroke='#3f7fe8'><path d='M12 2v20M12 5 5 14M12 5l7 9' stroke-width='2'/>" +
  "<circle cx='5' cy='15' r='3'/><circle cx='19' cy='15' r='3'/></svg>").replaceAll("#", "%23");
