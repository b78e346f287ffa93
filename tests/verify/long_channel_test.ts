/** A channel of 20,000 entries is exported over HTTP in chunks and verified. */
import assert from "node:assert/strict";
import { bodyOf } from "../../src/domain/transcript/body.ts";
import { append, type Draft } from "../../src/domain/transcript/transcript.ts";
import { ChannelStore } from "../../src/store/channel/channel_store.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { instances } from "../support/apps.ts";
import { roomOf } from "../support/player.ts";

const ENTRIES = 20_000;
const AT_ONCE = 500;

/** Appends messages to a channel's log in the store until it has `size` entries. Posting them over
 *  HTTP would take minutes. */
async function fill(kv: Deno.Kv, channelId: string, size: number): Promise<void> {
  const store = new ChannelStore(kv);
  let state = (await store.load(channelId))!;
  while (state.head.size < size) {
    const { channel, head, secret } = state;
    const drafts = Array.from(
      { length: Math.min(AT_ONCE, size - head.size) },
      (_, i): Draft => ({ sender: "p1", kind: "user", body: bodyOf({ move: head.size + i }) }),
    );
    const { entries, head: after } = append(head, drafts, channelId, secret, new Date());
    const memories = new Map();
    const commitId = `filled to ${after.size}`;
    const change = { base: state, channel, head: after, secret, entries, memories, commitId };
    state = (await store.commit(change))!;
  }
}

Deno.test(`a channel of ${ENTRIES} entries is exported and verifies`, async () => {
  await using app = await instances(1);
  const [url] = app.urls;
  const { players: [alice], created } = await roomOf(url!, { slots: ["invite:alice"] }, 1);
  const { receipt } = await alice!.say("good luck", { receipt: true });
  const { channel_id } = created;
  await fill(app.kv, channel_id, ENTRIES);

  const offer = await alice!.call("export_channel", { channel_id });
  assert.equal(offer.entries, ENTRIES);
  const { pathname, search } = new URL(offer.url);
  const response = await fetch(url + pathname + search);
  assert.equal(response.headers.get("content-length"), null, "the response is streamed");
  const file = await response.json();
  assert.equal(file.entries.length, ENTRIES);

  const report = await verifyExport(file, { receipts: [receipt.checkpoint] });
  assert.ok(report.ok, reportText(report));
  assert.equal(report.entries, ENTRIES);

  // The verifier finds one changed entry in the middle.
  file.entries[ENTRIES / 2].body.move++;
  const forged = await verifyExport(file);
  const wrong = forged.checks.find(({ verdict }) => verdict === "failed");
  assert.deepEqual([wrong?.check, wrong?.id], ["hashes", ENTRIES / 2 + 1]);
});
