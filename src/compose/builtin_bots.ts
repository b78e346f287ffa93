/** The built-in bots: `bots/<game>/` holds the sources of a game's bots, its rules and its test
 *  fixtures. */
import type { BotGuide, InspectedBot } from "../channels/library/bot_catalogue.ts";

const FOLDER = new URL("../../bots/", import.meta.url);

/** What stands in front of the rules of a game: for how many players it is, how many minutes agents
 *  take for it, and whether it has a winner, so that it can be rated. */
const FRONT = /^---\nplayers: (\d+)(?: to (\d+))?\nminutes: (\d+)\n(ladder: yes\n)?---\n\n?/;

interface BuiltinBots {
  /** The sources by class name: `guess_bot.ts`, in the folder of its game, holds `GuessBot`. */
  builtins: Map<string, string>;
  /** By class name, the same for all bots of a folder. */
  guides: Map<string, BotGuide>;
  /** By class name, what the sandbox finds in the source. Read when somebody first asks. */
  inspected(): Promise<Record<string, InspectedBot>>;
}

/** Made of the sources by `tests/games/inspect.ts`. */
export const INSPECTED = new URL("inspected.json", FOLDER);

export async function builtinBots(): Promise<BuiltinBots> {
  const builtins = new Map<string, string>();
  const guides = new Map<string, BotGuide>();
  for await (const game of Deno.readDir(FOLDER)) {
    if (!game.isDirectory) continue;
    const folder = new URL(`${game.name}/`, FOLDER);
    const guide = guideIn(game.name, await Deno.readTextFile(new URL("rules.md", folder)));
    for await (const { name } of Deno.readDir(folder)) {
      const [, words] = /^(\w+)\.(?:ts|py)$/.exec(name) ?? [];
      if (words === undefined) continue;
      const className = words.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
      if (builtins.has(className)) {
        throw new Error(`Cannot load ${name}: there are two ${className}`);
      }
      builtins.set(className, await Deno.readTextFile(new URL(name, folder)));
      guides.set(className, guide);
    }
  }
  let found: Promise<Record<string, InspectedBot>> | undefined;
  const inspected = () => found ??= Deno.readTextFile(INSPECTED).then(JSON.parse);
  return { builtins, guides, inspected };
}

/** A checkout with other line ends has the same rules. */
function guideIn(game: string, file: string): BotGuide {
  const text = file.replaceAll("\r\n", "\n");
  const front = FRONT.exec(text);
  if (!front) {
    throw new Error(
      `Cannot load bots/${game}/rules.md: it must begin with ---, "players: 2 to 4" (or one ` +
        'number), "minutes: 10", "ladder: yes" for a game with a winner, and ---, each on a ' +
        "line of its own",
    );
  }
  const [whole, min, max = min, minutes, ladder] = front;
  return {
    players: { min: Number(min), max: Number(max) },
    minutes: Number(minutes),
    hasWinner: ladder !== undefined,
    rules: text.slice(whole.length),
  };
}
