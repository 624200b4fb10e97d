/**
 * A shell that outlives this process by a moment and ends what it leaves behind: where nothing
 * better ties the programs of our workers to us.
 *
 * @module
 */
import { markName } from "./sweep.ts";

/** Its input ends with us, however we end; `done` says that there is nothing to do. */
const script = `
trap '' INT TERM HUP
read -r word
[ "$word" = done ] && exit 0
looks=0
empty=0
while [ "$looks" -lt 50 ] && [ "$empty" -lt 3 ]; do
  looks=$((looks + 1))
  empty=$((empty + 1))
  for file in $(grep -lsaz "^${markName}=$1/" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -9 "\${pid%/environ}" && empty=0
  done
  # A process that is just becoming another program shows no mark.
  [ "$empty" -gt 0 ] && sleep 0.05 || sleep 0.01
done
`;

/** Starts it; the returned function lets it go. Null where it can't be started. */
export function guardian(mark: string): (() => Promise<void>) | null {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("sh", {
      args: ["-c", script, "sh", mark],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" },
      cwd: "/",
      detached: true,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch {
    return null;
  }
  child.unref();
  const writer = child.stdin.getWriter();
  return async () => {
    child.ref();
    await writer.write(new TextEncoder().encode("done\n")).catch(() => {});
    await writer.close().catch(() => {});
    await child.status;
  };
}
