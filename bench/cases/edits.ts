/** What an author waits in `mcpmp bot run` from saving a file until the game stands again, with the
 *  steps of a whole game taken before. */
import { filesOf } from "../../src/cli/bot/new_bot.ts";
import { CommandLine } from "../../tests/support/command_line.ts";
import { Conversation } from "../../tests/support/conversation.ts";
import type { Figure } from "../figure.ts";
import { median, timed } from "../stats.ts";

const LANGUAGES = ["typescript", "python"] as const;
const EDITS = 15;
/** Of the new bot's seven stones, six are taken. */
const STEPS = 6;

export async function edits(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const language of LANGUAGES) {
    figures.push({
      name: `${language}: saved, and ${STEPS} steps taken again, p50`,
      value: await waited(language),
      unit: "ms",
      target: { atMost: 300 },
    });
  }
  return figures;
}

async function waited(language: typeof LANGUAGES[number]): Promise<number> {
  await using cli = await CommandLine.at(undefined);
  const [[name, source] = ["", ""]] = Object.entries(filesOf("Mine", language, "turns") ?? {});
  const file = `${cli.folder}/${name}`;
  const comment = language === "python" ? "#" : "//";
  await Deno.writeTextFile(file, source);
  await using bot = new Conversation(cli, ["bot", "run", name]);
  for (let step = 0; step < STEPS; step++) {
    const player = step % 2 + 1;
    await bot.says(new RegExp(`p${player} to move`));
    await bot.write(`${player} take 1`);
  }
  await bot.says(/p1 to move/);
  const taken = new RegExp(`${STEPS} of ${STEPS} steps taken again`);
  const times: number[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    times.push(
      await timed(async () => {
        await Deno.writeTextFile(file, `${source}\n${comment} ${edit}\n`);
        await bot.says(taken);
      }),
    );
  }
  await bot.write("quit");
  await bot.code;
  return median(times);
}
