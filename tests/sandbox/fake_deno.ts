/** A program for `denoPath` that runs fake_host.ts instead of every host, or only of Python hosts.
 *  It records the process id of each fake host that it starts. */
export interface FakeDeno extends AsyncDisposable {
  path: string;
  /** The process ids of all fake hosts so far. */
  started(): Promise<number[]>;
}

export async function fakeDeno(
  { flaw = "", python = false }: { flaw?: string; python?: boolean } = {},
): Promise<FakeDeno> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/deno`;
  const pids = `${folder}/pids`;
  const deno = Deno.execPath();
  const script = new URL("./fake_host.ts", import.meta.url).pathname;
  await Deno.writeTextFile(pids, "");
  await Deno.writeTextFile(
    path,
    `#!/bin/sh
case "${python ? "$*" : "host/main.ts python"}" in
  *"host/main.ts python"*) echo $$ >> "${pids}"; exec "${deno}" run --quiet "${script}" "${flaw}" ;;
  *) exec "${deno}" "$@" ;;
esac
`,
  );
  await Deno.chmod(path, 0o755);
  return {
    path,
    started: async () => (await Deno.readTextFile(pids)).split("\n").filter(Boolean).map(Number),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
