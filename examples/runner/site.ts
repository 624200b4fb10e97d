/**
 * The place where projects are built: an origin to fetch from and to push to, a checkout for each
 * project, and two programs that fail once where they are told to.
 *
 * @module
 */
import { codeOf, features, testOf } from "./features.ts";

/** Other files of the repository, and the characters of each: enough that a clone costs something. */
const ballast = { files: 300, chars: 6_000 };

/** A place of its own for one example, in a temporary folder. */
export interface Site extends Disposable {
  /** Folder of all of it. */
  readonly root: string;
  /** Address of the repository. */
  readonly originUrl: string;
  /** What answers a fetch; it fails once for a run with a fault `gone`. */
  readonly uploadPack: string;
  /** What checks and tests; it is killed once, with the shell above it, for one with a fault `killed`. */
  readonly deno: string;
  /** Where a project works. */
  checkoutOf(project: string): string;
  /** Lets a program fail once for this run. */
  arm(fault: "gone" | "killed", run: string): void;
  /** How often programs have failed. */
  failed(fault: "gone" | "killed"): number;
  /** Ids of the runs whose branches were pushed. */
  pushed(): readonly string[];
}

/** Makes it; disposal removes it. */
export function makeSite(): Site {
  const root = Deno.makeTempDirSync({ prefix: "runner-" });
  const origin = `${root}/origin.git`;
  const armed = { gone: 0, killed: 0 };
  for (const folder of ["checkouts", "gone", "killed"]) Deno.mkdirSync(`${root}/${folder}`);
  git(["init", "--quiet", "--bare", "--initial-branch=main", origin]);
  git(["-C", origin, "fast-import", "--quiet"], history());
  const deno = program(
    `${root}/deno`,
    `rm "${root}/killed/$RUN" 2>/dev/null && kill -KILL $PPID && exit 137\n` +
      `exec "${Deno.execPath()}" "$@"`,
  );
  const uploadPack = program(
    `${root}/upload-pack`,
    `rm "${root}/gone/$RUN" 2>/dev/null && echo "connection reset by peer" >&2 && exit 128\n` +
      `exec git-upload-pack "$@"`,
  );
  return {
    ...{ root, uploadPack, deno },
    originUrl: `file://${origin}`,
    checkoutOf: (project) => `${root}/checkouts/${project}`,
    arm(fault, run) {
      armed[fault]++;
      Deno.writeTextFileSync(`${root}/${fault}/${run}`, "");
    },
    failed: (fault) => armed[fault] - [...Deno.readDirSync(`${root}/${fault}`)].length,
    pushed: () =>
      git(["-C", origin, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/run"])
        .split("\n").filter(Boolean),
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

/** Writes a shell script that can be started. */
function program(path: string, text: string): string {
  Deno.writeTextFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

/** The first commit, as `git fast-import` reads it: tests without what they test. */
function history(): string {
  const files = new Map([["deno.json", "{}\n"]]);
  for (const feature of features) {
    files.set(`src/${feature.name}_test.ts`, testOf(feature));
    files.set(`docs/${feature.name}.md`, `    ${codeOf(feature, "…").replaceAll("\n", "\n    ")}`);
  }
  for (let i = 0; i < ballast.files; i++) {
    files.set(`data/${i}.txt`, `${i} `.repeat(ballast.chars / 4));
  }
  const data = (text: string) => `data ${new TextEncoder().encode(text).length}\n${text}\n`;
  const written = [...files].map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  const head = "commit refs/heads/main\ncommitter Origin <origin@localhost> 0 +0000\n";
  return `${head}${data("Tests first")}${written.join("")}\n`;
}

/** Runs git; what it says. */
function git(args: readonly string[], input = ""): string {
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(file, input);
    const { success, stdout, stderr } = new Deno.Command("sh", {
      args: ["-c", 'file=$1; shift; exec git "$@" < "$file"', "sh", file, ...args],
    }).outputSync();
    if (!success) throw new Error(`git ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  } finally {
    Deno.removeSync(file);
  }
}
