/** Who says what, and when: members who sit in the channel, bots that are announced and still
 *  there, and the server, which says only what follows. What a hook said is compared elsewhere
 *  (`replay.ts`); here is what needs no engine. */
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
  if (entries.length === 0) throw new Wrong("The log does not begin.");
  const channel = new ChannelModel(channel_id, entries);
  for (const entry of entries) channel.meet(entry);
  channel.end();
  checkViewer(viewer, entries, channel);
  checkCursors(cursors, entries.length, channel);
  return "everybody who speaks may, and the server says only what follows its rules";
}

/** Whoever took the file sat in the channel, or nobody did; and what they may read is there. */
function checkViewer(
  viewer: string | null,
  entries: ChannelExport["entries"],
  channel: ChannelModel,
): void {
  if (viewer === null) return;
  if (!channel.everSat(viewer)) throw new Wrong(`${viewer}, as whom it was taken, never sat here.`);
  const kept = entries.find(({ body, sender, to }) =>
    !body && sender !== SYSTEM && sender === viewer || !body && to?.includes(viewer)
  );
  if (kept) throw new Wrong(`It is withheld from ${viewer}, who may read it.`, kept.id);
}

/** The bots that are still called, and no others, have come to an entry each. */
function checkCursors(
  cursors: ChannelExport["cursors"],
  size: number,
  channel: ChannelModel,
): void {
  const called = channel.called;
  const names = new Set(called.map(({ botId }) => botId));
  const unknown = Object.keys(cursors).find((botId) => !names.has(botId));
  if (unknown !== undefined) throw new Wrong(`${unknown} is said to go on, and is not there.`);
  for (const bot of called) {
    const cursor = Object.hasOwn(cursors, bot.botId) ? cursors[bot.botId]! : undefined;
    if (cursor === undefined) {
      throw new Wrong(`How far ${bot.botId} had come is missing.`, bot.from);
    }
    bot.isAt(cursor, size);
  }
}
