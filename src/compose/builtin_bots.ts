/** The built-in bots: `bots/<game>/` holds the sources of a game's bots, its rules and its test
 *  fixtures. */

const FOLDER = new URL("../../bots/", import.meta.url);

/** The sources by class name: `guess_bot.ts`, in the folder of its game, holds `GuessBot`. */
export async function builtinBots(): Promise<Map<string, string>> {
  const bots = new Map<string, string>();
  for await (const game of Deno.readDir(FOLDER)) {
    if (!game.isDirectory) continue;
    const folder = new URL(`${game.name}/`, FOLDER);
    for await (const { name } of Deno.readDir(folder)) {
      const [, words] = /^(\w+)\.(?:ts|py)$/.exec(name) ?? [];
      if (words === undefined) continue;
      const className = words.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
      if (bots.has(className)) throw new Error(`Cannot load ${name}: there are two ${className}`);
      bots.set(className, await Deno.readTextFile(new URL(name, folder)));
    }
  }
  return bots;
}
