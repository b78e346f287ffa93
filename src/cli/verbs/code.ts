/** `mcpmp code`: a bot's exact source, after its hash was checked here. */
import type { Command } from "commander";
import { hashText, utf8ToBytes } from "../../kernel/hash.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { onlyBot } from "../session/only_bot.ts";

interface Options {
  channel?: string;
  module?: string;
}

export function addCode(program: Command): void {
  program.command("code")
    .description("print a bot's source, once its hash is the announced one")
    .argument("[bot]", "the id of the bot; the only one if absent")
    .option("-c, --channel <id>", "the channel; the last one that you used if absent")
    .option("--module <name>", "a module that it imports instead, such as lib:game")
    .action(async (bot: string | undefined, { channel, module }: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const access = await session.channel(channel);
      const bot_id = bot ?? await onlyBot(session, access);
      const code = await session.call("get_bot_code", {
        ...access,
        bot_id,
        ...module !== undefined && { module },
      });
      const hash = hashText(utf8ToBytes(code.source));
      if (hash !== code.code_hash) {
        throw new Failure(
          EXIT.unverified,
          `The source has the hash ${hash}, but the server names ${code.code_hash}: do not trust it.`,
        );
      }
      if (out.json) return out.document(code);
      out.exact(code.source);
      out.note(`The source of ${code.name} has the SHA-256 that the server names: ${hash}`);
    });
}
