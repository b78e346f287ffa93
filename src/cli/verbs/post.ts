/** `mcpmp post`: says something in a channel. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { waitMs } from "../session/values.ts";
import { showCalled } from "./shown/called.ts";

interface Options {
  channel?: string;
  to?: string[];
  wait?: string | true;
}

export function addPost(program: Command): void {
  program.command("post")
    .description("post a message, or a JSON object")
    .argument("<text...>", "what to say")
    .option("-c, --channel <id>", "the channel; the last one that you used if absent")
    .option("--to <player...>", "the ids of those who alone may read it, such as p2")
    .option("-w, --wait [seconds]", "wait for the bots' answers and your turn, at most 45 seconds")
    .action(async (text: string[], { channel, to, wait }: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const wait_ms = wait === undefined ? 0 : waitMs(wait);
      const access = await session.channel(channel);
      const posted = await session.call("post_message", {
        ...access,
        body: text.join(" "),
        ...to && { to },
        ...wait_ms > 0 && { wait_ms },
      }, { waitMs: wait_ms });
      if (out.json) return out.document(posted);
      await showCalled(out, session, access, posted);
    });
}
