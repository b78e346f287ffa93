/** `mcpmp bot`: what an author needs before anybody is invited, without a server. What its verbs do
 *  is loaded with the first of them: no other verb needs the sandbox. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { KINDS, LANGUAGES } from "./choices.ts";
import { wholeNumber } from "../session/values.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";

const actions = () => import("./actions.ts");

export function addBot(program: Command): void {
  const bot = program.command("bot").description("write, check and try a bot, without a server");
  bot.command("new")
    .description("write the source of a small bot, and the types of ctx for your editor")
    .argument("<name>", "the name of its class, such as FourInARow")
    .addOption(
      new Option("--language <language>", "its language").choices(LANGUAGES)
        .default("typescript"),
    )
    .addOption(
      new Option(
        "--kind <kind>",
        "a game with its own turns, the rules of one on lib:game, or what answers whoever asks",
      ).choices(KINDS).default("turns"),
    )
    .action(async (name, options, command) =>
      await (await actions()).newBot(name, options, command)
    );
  onSource(bot.command("check"))
    .description("say what a server would say to the source, with the line")
    .action(async (file, options, command) =>
      await (await actions()).checkBot(file, options, command)
    );
  onSource(bot.command("run"))
    .description("play against it in all seats; an edit takes effect at once")
    .action(async (file, options, command) =>
      await (await actions()).runBot(file, options, command)
    );
  onSource(bot.command("test"))
    .description("play whole games by random legal moves, and say what went wrong")
    .option("--games <number>", "how many", wholeNumber(1, 10_000), 20)
    .option("--game <number>", "only one of them, as a fault names it", wholeNumber(1, 10_000))
    .option("--moves <number>", "the most moves of a game", wholeNumber(1, 10_000), 500)
    .addOption(
      new Option(
        "--script <file>",
        "play one game by this file instead, in the form of docs/cli.md",
      )
        .conflicts(["games", "game", "moves"]),
    )
    .action(async (file, options, command) =>
      await (await actions()).testBot(file, options, command)
    );
}

function onSource(command: Command): Command {
  return command.argument("<file>", "the source: TypeScript, JavaScript or Python")
    .option("--params <json>", "its parameters", objectIn)
    .option("--name <name>", "its class, where the source has several")
    .option("--seats <number>", "how many players", wholeNumber(1, BOT_LIMITS.slots - 1))
    .option("--seed <text>", "what all that is random follows from", "1")
    .addOption(
      new Option(
        "--answers <file>",
        "answer its requests from this file, in the form of docs/cli.md",
      ).conflicts("offline"),
    )
    .option("--offline", "let all of its requests fail");
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch { /* Refused below. */ }
  throw new InvalidArgumentError('It must be a JSON object, such as {"rounds":3}.');
}
