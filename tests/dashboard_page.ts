/**
 * The page of the dashboard, made of its sources: one file with everything inside.
 *
 * @module
 */

const source = new URL("../service/dashboard/", import.meta.url);

/** Where a browser begins. */
const main = new URL("../service/dashboard/main.tsx", import.meta.url);

/** One small file from many, as `deno bundle` makes it. */
async function bundled(entry: URL): Promise<string> {
  const args = ["bundle", "--quiet", "--minify", "--platform", "browser", entry.pathname];
  const command = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** A script ends where its element does, also inside a string. */
const inElement = (script: string) => script.replaceAll(/<\/(script|style)/gi, "<\\/$1");

/** Makes the page. */
export async function dashboardPage(): Promise<string> {
  const [script, style] = await Promise.all([bundled(main), bundled(new URL("style.css", source))]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="description" content="What Flyball is doing, and why">
<title>Flyball</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>The dashboard needs JavaScript. Everything it shows is in the API below /api/v1.</noscript>
<script type="module">${inElement(script)}</script>
</body>
</html>
`;
}

/** The governor: two balls on their arms. A sharp sign would end the address. */
const icon = ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='#3f7fe8' " +
  "stroke='#3f7fe8'><path d='M12 2v20M12 5 5 14M12 5l7 9' stroke-width='2'/>" +
  "<circle cx='5' cy='15' r='3'/><circle cx='19' cy='15' r='3'/></svg>").replaceAll("#", "%23");
