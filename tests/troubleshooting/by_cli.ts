/** What the command line says when it fails, and how it ends. */
import { CommandLine } from "../support/command_line.ts";
import type { Said } from "./page.ts";

/** By heading, the lines that it writes. `tampered` is an export that does not verify. */
export async function saidByCommands(url: string, tampered: string): Promise<Said> {
  await using cli = await CommandLine.at(url);
  await Deno.writeTextFile(`${cli.folder}/game.json`, tampered);
  const run = async (on: CommandLine, ...args: string[]) => {
    const { code, stdout, stderr } = await on.run(args);
    return { code, lines: `${stdout}\n${stderr}`.split("\n").filter((line) => line !== "") };
  };
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const closed = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const ran = {
    1: await run(cli, "join", "inv_none"),
    2: await run(cli, "verify", "none.json"),
    3: await run(cli.movedTo(closed), "list"),
    4: await run(cli, "verify", "game.json"),
  };
  const said: Said = {};
  for (const [code, { code: ended, lines }] of Object.entries(ran)) {
    said[`Exit code ${code}`] = ended === Number(code) ? lines : [`ended with ${ended}`];
  }
  return said;
}
