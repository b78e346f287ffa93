/** Folders for a database that a test can make full, and free again. */

const ROOT = new URL("../../", import.meta.url).pathname;

export interface Place extends AsyncDisposable {
  /** A path below data/, where the start task may write. */
  path: string;
  /** Makes the folder full: further writes fail. */
  fill(pid: number): Promise<void>;
  makeRoom(pid: number): Promise<void>;
}

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  const options = { args, stdout: "null", stderr: "null" } as const;
  return await new Deno.Command(command, options).output().then(
    ({ success }) => success,
    () => false,
  );
}

/** A disk of a few megabytes; null if the system does not permit mounting. */
export async function smallDisk(): Promise<Place | null> {
  const folder = `data/test-${crypto.randomUUID()}`;
  await Deno.mkdir(ROOT + folder, { recursive: true });
  const isMounted = await succeeds(
    "mount",
    "-t",
    "tmpfs",
    "-o",
    "size=24m",
    "tmpfs",
    ROOT + folder,
  );
  if (!isMounted) {
    await Deno.remove(ROOT + folder);
    return null;
  }
  const ballast = `${ROOT}${folder}/ballast`;
  return {
    path: `${folder}/multiplayer.sqlite3`,
    async fill() {
      using file = await Deno.open(ballast, { create: true, append: true });
      for (const size of [64 * 1024, 1]) {
        const chunk = new Uint8Array(size);
        try {
          while (await file.write(chunk) > 0);
        } catch { /* It is full, but for less than that. */ }
      }
    },
    makeRoom: () => Deno.remove(ballast),
    async [Symbol.asyncDispose]() {
      await succeeds("umount", ROOT + folder);
      await Deno.remove(ROOT + folder, { recursive: true });
    },
  };
}

/** A folder in which a process may write only the first page of a file (RLIMIT_FSIZE); null if the
 *  system does not permit setting limits. */
export async function shortFiles(): Promise<Place | null> {
  if (!await succeeds("prlimit", "--version")) return null;
  const folder = `data/test-${crypto.randomUUID()}`;
  const limit = async (pid: number, bytes: string) => {
    const isSet = await succeeds("prlimit", `--pid=${pid}`, `--fsize=${bytes}:unlimited`);
    if (!isSet) throw new Error("Cannot limit the size of files");
  };
  return {
    path: `${folder}/multiplayer.sqlite3`,
    fill: (pid) => limit(pid, "4096"),
    makeRoom: (pid) => limit(pid, "unlimited"),
    [Symbol.asyncDispose]: () => Deno.remove(ROOT + folder, { recursive: true }),
  };
}
