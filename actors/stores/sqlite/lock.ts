/**
 * One service a data directory.
 *
 * @module
 */
import { Refusal } from "../../runtime.ts";

/** Holds the directory until released; the system releases it when the process is gone. */
export interface Lock {
  release(): void;
}

/**
 * Takes the directory's lock. Throws Refusal `already_running` naming the pid of the holder, or
 * `cannot_create` where no lock file can be written.
 */
export function lockDirectory(directory: string): Lock {
  const path = `${directory}/lock`;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw new Refusal(
      "cannot_create",
      `Cannot write ${path}: ${(error as Error).message}. Give this user the right to write there.`,
    );
  }
  if (!file.tryLockSync(true)) {
    file.close();
    const pid = Deno.readTextFileSync(path).trim() || "unknown";
    throw new Refusal(
      "already_running",
      `Cannot open ${directory} as the process with pid ${pid} uses it. ` +
        "Stop that one or choose another data directory.",
    );
  }
  file.truncateSync(0);
  file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  return {
    release() {
      // A child that is just being started has our files until it runs its program.
      file.unlockSync();
      file.close();
    },
  };
}
