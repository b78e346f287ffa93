/** `mcpmp info`: who is in a channel, its bots, and your seat. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { type Output, styled } from "../session/output.ts";
import type { Answer } from "../session/session.ts";

export function addInfo(program: Command): void {
  program.command("info")
    .description("show a channel: its players, its bots and your seat")
    .argument("[channel]", "the channel; the last one that you used if absent")
    .option("--token", "print only the rejoin token of your seat, which takes it elsewhere")
    .action(async (
      channel: string | undefined,
      { token }: { token?: boolean },
      command: Command,
    ) => {
      const { out, session } = contextOf(command);
      const access = await session.channel(channel);
      if (token) return showToken(out, access);
      const info = await session.call("get_channel_info", access);
      if (out.json) return out.document(info);
      show(out, info);
    });
}

function showToken(
  out: Output,
  { channel_id, rejoin_token }: { channel_id: string; rejoin_token?: string },
): void {
  if (rejoin_token === undefined) {
    throw new Failure(EXIT.usage, `This profile has taken no seat in ${channel_id}: see --as.`);
  }
  if (out.json) return out.document({ channel_id, rejoin_token });
  out.line(rejoin_token);
}

function show(out: Output, { view, bots, you }: Answer): void {
  const { name, channel_id, visibility, sealed, rated, closed, deleted_at } = view;
  out.line(styled("bold", name), ` ${channel_id}`);
  const traits = [
    visibility,
    ...sealed ? ["sealed"] : [],
    ...rated ? ["rated"] : [],
    ...closed ? ["closed"] : [],
    ...deleted_at ? [`to be deleted at ${deleted_at}`] : [],
  ];
  out.line(styled("dim", traits.join(", ")));
  for (const { kind, label, filled_by, display_name, last_seen, muted } of view.slots) {
    if (kind === "bot") continue;
    const isYou = filled_by !== null && filled_by === you?.player_id;
    const more = [
      ...filled_by ? [filled_by] : [],
      ...isYou ? ["you"] : [],
      ...muted ? ["muted"] : [],
      ...last_seen ? [`seen ${last_seen}`] : [],
    ];
    out.line(
      `  ${label}: `,
      filled_by ? styled("green", display_name ?? filled_by) : "free",
      more.length > 0 ? ` (${more.join(", ")})` : "",
    );
  }
  for (const { bot_id, name, code_hash, ended, summary } of bots) {
    out.line(`  ${name} ${bot_id}${ended ? " (has ended)" : ""}: ${summary ?? ""}`);
    out.line("  ", styled("dim", code_hash));
  }
}
