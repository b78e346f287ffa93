/** Checks who may write each entry: members with a seat, bots that are announced and still in the
 *  channel, and the server, whose entries must follow from the log. This needs no engine; the
 *  replay (`replay.ts`) checks the content of hooks' entries. */
import { SYSTEM } from "../domain/transcript/transcript.ts";
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { ChannelModel } from "./model/channel_model.ts";
import { Wrong } from "./model/wrong.ts";

export function checkSpeakers(
  { channel_id, viewer, entries, cursors }: Pick<
    ChannelExport,
    "channel_id" | "viewer" | "entries" | "cursors"
  >,
): string {
  if (entries.length === 0) throw new Wrong("The log is empty.");
  const channel = new ChannelModel(channel_id, entries);
  for (const entry of entries) channel.meet(entry);
  channel.end();
  checkViewer(viewer, entries, channel);
  checkCursors(cursors, entries.length, channel);
  return "every sender was allowed to write, and the server's entries follow its rules";
}

/** Checks that the viewer had a seat, and that no entry which the viewer may read is withheld. */
function checkViewer(
  viewer: string | null,
  entries: ChannelExport["entries"],
  channel: ChannelModel,
): void {
  if (viewer === null) return;
  if (!channel.everSat(viewer)) {
    throw new Wrong(`The file is an export for ${viewer}, who never had a seat.`);
  }
  const hidden = entries.find(({ body, sender, to }) =>
    !body && sender !== SYSTEM && sender === viewer || !body && to?.includes(viewer)
  );
  if (hidden) throw new Wrong(`The body is withheld from ${viewer}, who may read it.`, hidden.id);
}

/** Checks that each active bot, and no other, has a possible cursor. */
function checkCursors(
  cursors: ChannelExport["cursors"],
  size: number,
  channel: ChannelModel,
): void {
  const called = channel.called;
  const names = new Set(called.map(({ botId }) => botId));
  const unknown = Object.keys(cursors).find((botId) => !names.has(botId));
  if (unknown !== undefined) {
    throw new Wrong(`The file has a cursor of ${unknown}, which is not an active bot.`);
  }
  for (const bot of called) {
    const cursor = Object.hasOwn(cursors, bot.botId) ? cursors[bot.botId]! : undefined;
    if (cursor === undefined) {
      throw new Wrong(`The file lacks the cursor of ${bot.botId}.`, bot.from);
    }
    bot.isAt(cursor, size);
  }
}
