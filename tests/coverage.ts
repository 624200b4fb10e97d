/**
 * The gate of `deno task coverage`: what the tests have run of what we ship, from the profiles that
 * they left in a folder, and how much of it there must be. What only a browser runs is not in it,
 * nor what is generated; what runs in processes that tests end by SIGKILL leaves no profile, or half
 * a one.
 *
 * @module
 */

/** Of one file: how much there is and how much of it ran. */
export interface Covered {
  readonly path: string;
  readonly lines: number;
  readonly linesRun: number;
  readonly branches: number;
  readonly branchesRun: number;
}

/** Least parts that must run: of all lines, of all ways that a condition can go. */
export const linesRatioMin = 0.9;
export const branchesRatioMin = 0.85;

/** Files that are named as those with the most lines that nobody ran. */
const namedMax = 5;

const shipped = "actors|cli|client|deps|machines|messages|policies|service|simulation|worker";
const roots = "main|mod|task";
const elsewhere = "service/dashboard|service/inspect/page|[^.]+\\.bundle\\.js";

/** Reads what `deno coverage --lcov` says, files below `root` only. */
export function readLcov(text: string, root: string): Covered[] {
  return text.split("end_of_record").flatMap((record) => {
    const path = /^SF:(.*)$/m.exec(record)?.[1];
    if (!path?.startsWith(root)) return [];
    const count = (name: string) =>
      Number(new RegExp(`^${name}:(\\d+)$`, "m").exec(record)?.[1] ?? 0);
    return {
      path: path.slice(root.length),
      lines: count("LF"),
      linesRun: count("LH"),
      branches: count("BRF"),
      branchesRun: count("BRH"),
    };
  });
}

/** One line about all files, and whether they pass the gate. */
export function judge(files: readonly Covered[]): { readonly ok: boolean; readonly text: string } {
  const sum = (of: (file: Covered) => number) => files.reduce((total, file) => total + of(file), 0);
  const linesRatio = sum(({ linesRun }) => linesRun) / sum(({ lines }) => lines);
  const branchesRatio = sum(({ branchesRun }) => branchesRun) / sum(({ branches }) => branches);
  const missed = ({ lines, linesRun }: Covered) => lines - linesRun;
  const worst = files.toSorted((a, b) => missed(b) - missed(a)).slice(0, namedMax)
    .map((file) => `${file.path} ${missed(file)} of ${file.lines}`);
  return {
    // Without any file there is no ratio, which is no pass.
    ok: linesRatio >= linesRatioMin && branchesRatio >= branchesRatioMin,
    text: `coverage: lines ${percent(linesRatio)} (at least ${percent(linesRatioMin)}), ` +
      `branches ${percent(branchesRatio)} (at least ${percent(branchesRatioMin)}); ` +
      `most lines that no test runs: ${worst.join(", ")}`,
  };
}

/** Takes away profiles that end in their midst, with which none would be read; returns how many. */
export function dropTorn(folder: string): number {
  let torn = 0;
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (!isFile || !name.endsWith(".json")) continue;
    const path = `${folder}/${name}`;
    try {
      JSON.parse(Deno.readTextFileSync(path));
    } catch {
      Deno.removeSync(path);
      torn++;
    }
  }
  return torn;
}

const percent = (ratio: number) => `${(100 * ratio).toFixed(1)} %`;

if (import.meta.main) {
  const [profiles] = Deno.args;
  if (profiles === undefined) throw new TypeError("Expected the folder of the profiles");
  const torn = dropTorn(profiles);
  if (torn > 0) console.log(`Left out: ${torn} profiles of processes that were killed.`);
  const root = new URL("../", import.meta.url);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["coverage", "--lcov", profiles],
      `--include=^${root}((${shipped})/|(${roots})\\.ts$)`,
      `--exclude=^${root}(${elsewhere})`,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  const { ok, text } = judge(readLcov(decoder.decode(stdout), root.pathname));
  console.log(text);
  Deno.exit(ok ? 0 : 1);
}
