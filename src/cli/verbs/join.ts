/** `mcpmp join`: takes a seat, and remembers its token. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { showSeat } from "./shown/seat.ts";

export function addJoin(program: Command): void {
  program.command("join")
    .description("take the seat of an invite, or an open one of a channel")
    .argument("<invite>", "inv_…, rejoin_…, a link with one, or the id of a channel")
    .option("-n, --name <name>", "your name for others")
    .action(async (invite: string, { name }: { name?: string }, command: Command) => {
      const { out, session } = contextOf(command);
      const joined = await session.call("join_channel", {
        ...invite.startsWith("chn_") ? { channel_id: invite } : { invite_code: invite },
        ...name !== undefined && { display_name: name },
      });
      await session.keepChannel(joined.channel_id, joined.rejoin_token);
      if (out.json) return out.document(joined);
      showSeat(out, joined);
    });
}
