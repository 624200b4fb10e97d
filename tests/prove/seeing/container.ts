/**
 * The container file, done step by step: an image to start from needs a registry, so its base is a
 * Debian system made by debootstrap, with what the image has besides.
 *
 * @module
 */
import { dirname } from "node:path";
import { type Instruction, instructions, probeOf, told } from "../../container_file.ts";
import { tempFolder } from "../../live.ts";
import { until } from "../../until.ts";
import { exactly, type Measured, type Row } from "../row.ts";

const checkout = new URL("../../../", import.meta.url).pathname;
const token = "c2l4dGVlbi1hbmQtbW9yZS1ieXRlcw";
/** Deno's image has this user, and the folder for what Deno caches. */
const userId = 1993;
const denoFolder = "/deno-dir/";
/** Whom this machine trusts, where that is said: its way to registries may lead through a proxy. */
const trusted = Deno.env.get("NODE_EXTRA_CA_CERTS");
const trustedAt = "/run/certificates.pem";

/** All rows about the container. */
export const containerRows: readonly Row[] = [{
  line: "the container file: each step in a Debian system, a job in its service; exit code at TERM",
  missing: async () => {
    if (Deno.uid() !== 0) return "only root can make a system";
    const found = await new Deno.Command("sh", { args: ["-c", "command -v debootstrap unshare"] })
      .output();
    return found.success ? null : "there is no debootstrap here: apt-get install debootstrap";
  },
  run: contained,
}];

async function contained(): Promise<Measured> {
  await using folder = await tempFolder();
  const root = `${folder.path}/root`;
  const all = await instructions();
  await makeBase(root);
  const built = await build(root, all);
  const code = await live(root, all, built);
  const debian = (await Deno.readTextFile(`${root}/etc/debian_version`)).trim();
  return exactly(code, 0, "", `Debian ${debian}, ${built.steps} steps, as user ${built.user}`);
}

/** Runs a program to its end, which has to be a good one; what it printed. */
async function run(words: readonly string[]): Promise<string> {
  const [program, ...args] = words;
  const { success, stdout, stderr } = await new Deno.Command(program!, { args }).output();
  const said = new TextDecoder().decode(stdout);
  if (success) return said;
  const last = (said + new TextDecoder().decode(stderr)).trimEnd().split("\n").slice(-5).join("; ");
  throw new Error(`${words.join(" ").slice(0, 80)}: ${last}`);
}

/** What `FROM` would bring: Debian, Deno, its user and its folder. */
async function makeBase(root: string): Promise<void> {
  await run(["debootstrap", "--variant=minbase", "stable", root, "http://deb.debian.org/debian"]);
  await Deno.copyFile(Deno.execPath(), `${root}/usr/bin/deno`);
  await Deno.copyFile("/etc/resolv.conf", `${root}/etc/resolv.conf`);
  if (trusted) await Deno.copyFile(trusted, root + trustedAt);
  await run(["chroot", root, "useradd", "--uid", String(userId), "--user-group", "deno"]);
  await run(["install", "-d", "-o", String(userId), "-g", String(userId), root + denoFolder]);
}

/** Where and as whom the next instruction is done. */
interface Built {
  readonly user: string;
  readonly folder: string;
  readonly steps: number;
}

/** Does what a build does, in order. */
async function build(root: string, all: readonly Instruction[]): Promise<Built> {
  let [user, folder, steps] = ["root", "/", 0];
  for (const [name, rest] of all) {
    if (name === "WORKDIR") await Deno.mkdir(root + (folder = rest), { recursive: true });
    else if (name === "USER") user = rest;
    else if (name === "RUN") await run(inside(root, { user, folder }, ["/bin/sh", "-c", rest]));
    else if (name === "COPY") await copy(`${root}${folder}`, rest);
    else continue;
    steps++;
  }
  return { user, folder, steps };
}

/** Words in the system, with processes of its own: the program is the first of them. */
function inside(
  root: string,
  { user, folder }: Pick<Built, "user" | "folder">,
  words: readonly string[],
): string[] {
  const who = user === "root" ? [] : [`--userspec=${userId}:${userId}`, "--groups="];
  return [
    ...["unshare", "--mount", "--pid", "--fork", "--kill-child", `--mount-proc=${root}/proc`],
    ...["chroot", ...who, root, "/usr/bin/env", "-i", `DENO_DIR=${denoFolder}`],
    ...["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", `HOME=/home/${user}`],
    ...trusted ? [`DENO_CERT=${trustedAt}`] : [],
    ...["/bin/sh", "-c", 'cd "$0" && exec "$@"', folder, ...words],
  ];
}

/** Copies what the ignore file leaves of this repository to `to`. */
async function copy(to: string, rest: string): Promise<void> {
  if (rest !== "--chown=deno:deno . .") throw new Error(`cannot copy ${rest}`);
  const patterns = (await Deno.readTextFile(`${checkout}.dockerignore`)).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/\/$/, "").replaceAll(".", "\\."))
    .map((line) => line.replaceAll("**/", "(.+/)?").replaceAll(/(?<!\))\*/g, "[^/]*"));
  const ignored = new RegExp(`^(${patterns.join("|")})$`);
  await copyFolder("");
  await run(["chown", "-R", `${userId}:${userId}`, to]);

  async function copyFolder(folder: string): Promise<void> {
    await Deno.mkdir(`${to}/${folder}`, { recursive: true });
    for await (const { name, isDirectory } of Deno.readDir(checkout + folder)) {
      const path = folder + name;
      if (ignored.test(path)) continue;
      if (isDirectory) await copyFolder(`${path}/`);
      else await Deno.copyFile(checkout + path, `${to}/${path}`);
    }
  }
}

/** Starts the service as the image does, asks for its health, gives it a job, tells it to end. */
async function live(root: string, all: readonly Instruction[], place: Built): Promise<number> {
  const words = (name: string): string[] => JSON.parse(told(all, name)[0]!);
  const command = [...words("ENTRYPOINT"), ...words("CMD"), "--port", "0"];
  const tokenFile = root + command[command.indexOf("--token-file") + 1];
  await Deno.mkdir(dirname(tokenFile), { recursive: true });
  await Deno.writeTextFile(tokenFile, `${token}\n`, { mode: 0o400 });
  await Deno.chown(tokenFile, userId, userId);
  const [program, ...args] = inside(root, place, command);
  const child = new Deno.Command(program!, { args, stdout: "piped", stderr: "null" }).spawn();
  let said = "";
  const heard = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) said += text;
  })();
  let hasEnded = false;
  const status = child.status.finally(() => hasEnded = true);
  try {
    await until(() => hasEnded || / on http:\/\/\S+ /.test(said));
    if (hasEnded) throw new Error(`the service has ended: ${said.slice(-400)}`);
    const port = / on http:\/\/\S+:(\d+) /.exec(said)![1]!;
    const probe = probeOf(all).map((word) => word.replace(":4477", `:${port}`));
    await run(inside(root, place, probe));
    await work(`http://127.0.0.1:${port}`);
    // As its namespace's first process, the init is the child of whoever made that.
    const children = await Deno.readTextFile(`/proc/${child.pid}/task/${child.pid}/children`);
    Deno.kill(Number(children), signalOf(all));
  } catch (error) {
    if (!hasEnded) child.kill("SIGKILL");
    throw error;
  } finally {
    await heard;
  }
  return (await status).code;
}

const signalOf = (all: readonly Instruction[]) => told(all, "STOPSIGNAL")[0] as Deno.Signal;

/** A command ends well, and no one is served without the token. */
async function work(url: string): Promise<void> {
  const ready = await fetch(`${url}/readyz`);
  await ready.body?.cancel();
  if (!ready.ok) throw new Error(`/readyz says ${ready.status}`);
  const ask = (headers: Record<string, string>) =>
    fetch(`${url}/api/v1/jobs?wait=20s`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ command: ["id", "-un"] }),
    });
  const stranger = await ask({});
  await stranger.body?.cancel();
  if (stranger.status !== 401) throw new Error(`without a token: ${stranger.status}`);
  const { jobs: [job] } = await (await ask({ authorization: `Bearer ${token}` })).json();
  if (job.outcome?.stdout !== "deno\n") throw new Error(`a job: ${JSON.stringify(job)}`);
}
