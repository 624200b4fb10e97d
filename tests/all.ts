/**
 * Runs all tests; arguments go to `deno test`. Each module that Deno tests has an isolate of its
 * own, in which all that it imports is loaded and compiled anew: of a file of quick tests that is
 * most of the time. So the files are dealt to a few modules (docs/decisions/0138).
 *
 * @module
 */

/** Modules that the files are dealt to: enough of them that the last ones end together. */
const modulesMax = 32;

/** What takes seconds to make and is made once in each isolate: the ends that machines walk to. */
const kept = `"./walks.ts"`;

const folder = new URL("./", import.meta.url);

/** Files dealt out in turn, so that neighbours, which are alike, lie apart. */
export const deal = (files: readonly string[], hands: number): string[][] =>
  Array.from(
    { length: Math.min(hands, files.length) },
    (_, hand) => files.filter((_, at) => at % hands === hand),
  );

/** Those who ask for what is kept lie in one module, the others are dealt out. */
function hands(files: readonly string[]): string[][] {
  const asks = (name: string) => Deno.readTextFileSync(new URL(name, folder)).includes(kept);
  const others = files.filter((name) => !asks(name));
  return [files.filter(asks), ...deal(others, modulesMax - 1)];
}

/** A module that has the tests of all these files. */
export const together = (urls: readonly string[]): string =>
  urls.map((url) => `import ${JSON.stringify(url)};\n`).join("");

async function run(args: readonly string[]): Promise<number> {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith("_test.ts")).sort();
  const place = await Deno.makeTempDir({ prefix: "flyball-tests-" });
  try {
    const modules = hands(files).map((hand, at) => {
      const path = `${place}/${at + 1}.ts`;
      Deno.writeTextFileSync(path, together(hand.map((name) => new URL(name, folder).href)));
      return path;
    });
    const profiles = Deno.env.get("DENO_COVERAGE_DIR");
    const flags = [
      ...["-A", "--no-check", "--parallel", "--shuffle"],
      // Whoever wants coverage makes a report of what is left there.
      ...(profiles === undefined ? [] : [`--coverage=${profiles}`, "--coverage-raw-data-only"]),
    ];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", ...flags, ...args, ...modules],
    }).spawn();
    // Who is asked to end asks the tests, and takes its modules away.
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => child.kill(signal));
    }
    return (await child.status).code;
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await run(Deno.args));
