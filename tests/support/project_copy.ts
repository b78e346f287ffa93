/** A copy of the project in another folder, without what tools have made: what `deno task start`
 *  and `deno task build` need. */
const ROOT = new URL("../../", import.meta.url).pathname;
export const NEEDED = ["main.ts", "deno.json", "deno.lock", "src", "bots", "docs", "skills"];

export interface ProjectCopy extends AsyncDisposable {
  /** Its folder, with a trailing slash. */
  root: string;
}

export async function projectCopy(): Promise<ProjectCopy> {
  const root = `${await Deno.makeTempDir({ prefix: "mcp-multiplayer-" })}/`;
  const { success } = await new Deno.Command("cp", {
    args: ["-r", ...NEEDED.map((path) => ROOT + path), root],
  }).output();
  if (!success) throw new Error(`Cannot copy the project to ${root}`);
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}
