/**
 * Makes what the pages of live machines load: the script out of `page/`, and a picture of each
 * machine. Both are kept beside this file, so that no service has to draw or to bundle.
 *
 * ```sh
 * deno task build:inspect
 * ```
 *
 * @module
 */
import { instance } from "@viz-js/viz";
import { chartOf } from "../../machines/chart/chart.ts";
import { dotOf } from "../../machines/chart/dot.ts";
import { machines } from "../../machines/mod.ts";

/** Where the pages lie. */
export const folder = new URL("./", import.meta.url);

/** Text of each file that is made, by its path in {@link folder}. */
export async function build(): Promise<ReadonlyMap<string, string>> {
  const [script, graphviz] = await Promise.all([bundle(), instance()]);
  const charts = Object.entries(machines).map(([name, machine]) => {
    const drawn = graphviz.renderString(dotOf(chartOf(machine)), { format: "svg" });
    return [`charts/${name}.svg`, centred(drawn.slice(drawn.indexOf("<svg")))] as const;
  });
  return new Map([["page.bundle.js", script], ...charts]);
}

/**
 * Lines begin where Graphviz takes them to begin, by the width of its own font. In the middle of
 * their box they look well in any.
 */
function centred(picture: string): string {
  return picture.replaceAll(/<g id="[^"]+" class="node state">[^]*?<\/g>/g, (state) => {
    const edges = [...state.match(/ d="([^"]+)"/)![1]!.matchAll(/(-?[\d.]+),/g)].map(([, x]) =>
      +x!
    );
    const middle = ((Math.min(...edges) + Math.max(...edges)) / 2).toFixed(2);
    return state.replaceAll(/text-anchor="start" x="[^"]+"/g, `text-anchor="middle" x="${middle}"`);
  });
}

/** All scripts of the pages as one. */
async function bundle(): Promise<string> {
  const main = new URL("./page/main.ts", import.meta.url);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", "--minify", main.pathname],
    cwd: folder,
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`The page can't be bundled: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

if (import.meta.main) {
  for (const [file, text] of await build()) {
    await Deno.writeTextFile(new URL(file, folder), text);
    console.log(`${file}  ${text.length} characters`);
  }
}
