/** Verifies a stored channel from its first entry to its head without trusting any part of it. */
import assert from "node:assert/strict";
import { botDetached } from "../../src/domain/announcements/bots.ts";
import { turnsAfter } from "../../src/domain/channel/keep_turns.ts";
import { NO_TURNS } from "../../src/domain/transcript/kept_turns.ts";
import { bodyOf } from "../../src/domain/transcript/body.ts";
import { bytesToHex, hashText, hexToBytes } from "../../src/kernel/hash.ts";
import { rootOf } from "../../src/kernel/merkle.ts";
import {
  append,
  type Draft,
  EMPTY_HEAD,
  type Entry,
  saltKeys,
} from "../../src/domain/transcript/transcript.ts";
import { ChannelStore } from "../../src/store/channel/channel_store.ts";
import type { Replayer } from "../../src/verify/replayer.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { closedCopy } from "./closed_copy.ts";

/** Runs every hook of a channel's bots again. Each must give the result that is in the log. */
export async function checkReferees(
  kv: Deno.Kv,
  channelId: string,
  entries: Entry[],
  replayer: Replayer,
): Promise<void> {
  const state = await new ChannelStore(kv).load(channelId);
  const report = await verifyExport(await closedCopy(kv, state!, entries), { replayer });
  assert.ok(report.ok, `${reportText(report)}\n${JSON.stringify(entries).slice(0, 20_000)}`);
}

/** Checks that ids have no gaps and times never decrease; checks every hash, every tree head, the
 *  head's range, what it keeps of turns, and the bots' cursors. Returns the entries. */
export async function checkChannel(kv: Deno.Kv, channelId: string): Promise<Entry[]> {
  const store = new ChannelStore(kv);
  const state = await store.load(channelId);
  assert.ok(state, `${channelId} is stored`);
  const { head, secret, channel } = state;
  const entries = await store.entries(channelId, 0, head.size + 10);
  assert.equal(entries.length, head.size, "as many entries as the head counts");
  const salts = saltKeys(secret);
  const { salts_commit, addressed_salts_commit } = entries[0]!.body;
  assert.equal(salts_commit, hashText(salts.open), "entry 1 commits to the salts");
  assert.equal(addressed_salts_commit, hashText(salts.addressed), "and to those of whispers");

  let rebuilt = EMPTY_HEAD;
  for (const [i, entry] of entries.entries()) {
    assert.equal(entry.id, i + 1, "ids count 1, 2, 3");
    const { sender, kind, body, to, cause, ts } = entry;
    const draft: Draft = {
      sender,
      kind,
      body: bodyOf(body),
      ...(to && { to }),
      ...(cause !== undefined && { cause }),
    };
    const again = append(rebuilt, [draft], channelId, secret, new Date(ts));
    assert.deepEqual(again.entries[0], entry, `entry ${entry.id} hashes to what it says`);
    if (cause !== undefined) assert.ok(cause < entry.id, "a cause comes before its effect");
    rebuilt = again.head;
  }
  assert.deepEqual(head.range, rebuilt.range, "the head's range is that of its entries");
  assert.equal(
    entries.at(-1)?.root,
    bytesToHex(rootOf(rebuilt.range.map((hex) => hexToBytes(hex)))),
    "the last root is the head's",
  );

  const { posts, ...words } = turnsAfter(NO_TURNS, entries, channel);
  const { posts: keptPosts, ...kept } = head.turns;
  assert.deepEqual(kept, words, "words on turns are kept");
  // Which whispers count as posts depends on the bots that were there at the time.
  const isSame = !entries.some((entry) => botDetached.in(entry));
  if (isSame) assert.deepEqual(keptPosts, posts, "posts and their answers are kept");

  const bots = channel.closed
    ? []
    : channel.bots.filter(({ ended }) => !ended).map(({ bot_id }) => bot_id);
  assert.deepEqual(Object.keys(head.cursors).toSorted(), bots.toSorted());
  for (const cursor of Object.values(head.cursors)) assert.ok(cursor <= head.size);
  return entries;
}
