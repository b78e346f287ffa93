/** Invites and rejoin tokens: guesses, reuse, races, and use in place of other secrets. */
import assert from "node:assert/strict";
import { type Answer, verdictOf } from "./answer.ts";
import type { Attacker } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

const INVITE = "404 INVITE_INVALID";
const REJOIN = "404 REJOIN_TOKEN_INVALID";
const INVALID = "400 INVALID_REQUEST";

async function join(kit: Attacker, invite_code: unknown, more = {}): Promise<Answer> {
  const { access_token } = await kit.signIn();
  return await kit.rest("join_channel", { invite_code, ...more }, access_token);
}

/** A room of the attacker's own with one invite. */
async function room(kit: Attacker) {
  const { access_token } = await kit.signIn();
  const { json } = await kit.rest(
    "create_channel",
    { name: "r", slots: ["invite:a"] },
    access_token,
  );
  const { channel_id, invites: [invite] } = json;
  return { access_token, channel_id, invite: kit.secret<string>(invite) };
}

/** Guesses that are close to a real invite or token. */
const CLOSE: Record<string, (real: string) => string> = {
  "with its last character changed": (real) => real.slice(0, -1) + (real.endsWith("A") ? "B" : "A"),
  "with its last character missing": (real) => real.slice(0, -1),
  "with a character more": (real) => `${real}A`,
  "in capitals": (real) => real.toUpperCase(),
  "with a NUL behind it": (real) => `${real}\0`,
  "without its prefix": (real) => real.replace(/^[a-z]+_/, ""),
};

const GUESSES: AttackTable = Object.fromEntries(
  Object.entries(CLOSE).flatMap(([name, change]): [string, AttackTable[string]][] => [
    [`the victim's invite ${name}`, [INVITE, async ({ kit, victim }) => {
      return await join(kit, change(victim.freeInvite));
    }]],
    [`the victim's rejoin token ${name}`, [[REJOIN, INVITE], async ({ kit, victim }) => {
      return await join(kit, change(victim.self.rejoin_token));
    }]],
  ]),
);

const CODES: AttackTable = {
  "guesses of every kind get one answer": ["one answer", async ({ kit }) => {
    const guesses = [
      "inv_",
      "inv_x",
      `inv_${"A".repeat(22)}`,
      "inv_../../x",
      "nonsense",
      "__proto__",
    ];
    const answers = await Promise.all(guesses.map((guess) => join(kit, guess)));
    return new Set(answers.map(({ status, text }) => status + text)).size === 1
      ? "one answer"
      : answers.map(verdictOf).join();
  }],
  "a guess that is longer than any invite": [
    INVALID,
    async ({ kit }) => await join(kit, "inv_".padEnd(10_000, "A")),
  ],
  "a guess that is a list of them": [
    INVALID,
    async ({ kit }) => await join(kit, ["inv_a", "inv_b"]),
  ],
  "an empty guess": [INVALID, async ({ kit }) => await join(kit, "")],
  "a guess that matches anything elsewhere": [
    INVALID,
    async ({ kit }) => await join(kit, { $ne: null }),
  ],
  "several guesses in one text, one of them right": [INVALID, async ({ kit, victim }) => {
    const guesses = `inv_${"A".repeat(22)} ${victim.freeInvite}`;
    const answers = [await join(kit, guesses), await join(kit, guesses.split(" "))];
    assert.ok(!answers.some(({ text }) => text.includes(victim.freeInvite)));
    return answers.find((answer) => verdictOf(answer) !== INVALID) ?? answers[0]!;
  }],
  "an invite of one's own with white space around it, twice": [
    "409 SLOT_ALREADY_FILLED",
    async ({ kit }) => {
      const { invite } = await room(kit);
      assert.equal(verdictOf(await join(kit, ` ${invite}\n`)), "200 ok");
      return await join(kit, `${invite}.`);
    },
  ],
  "an invite of the victim's that was used": [
    "409 SLOT_ALREADY_FILLED",
    async ({ kit, victim }) => {
      const answer = await join(kit, victim.usedInvite);
      assert.ok(!answer.text.includes(victim.channelId), "it does not name the channel");
      return answer;
    },
  ],
  "an invite that was replaced": [INVITE, async ({ kit }) => {
    const { access_token, channel_id, invite } = await room(kit);
    const { view } = (await kit.rest("who", { channel_id }, access_token)).json;
    const ops = [{ type: "yield_slot", slot_id: view.slots[0].slot_id }];
    const yielded = await kit.rest("update_channel", { channel_id, ops }, access_token);
    assert.equal(verdictOf(yielded), "200 ok");
    return await join(kit, invite);
  }],
  "an invite as a rejoin token": [
    ["404 CHANNEL_NOT_FOUND"],
    async ({ kit, victim }) => {
      const { access_token } = await kit.signIn();
      const { channelId: channel_id, freeInvite: rejoin_token } = victim;
      return await kit.rest("sync_messages", { channel_id, rejoin_token }, access_token);
    },
  ],
  "an invite as an access token": [
    "401 invalid_token",
    async ({ kit, victim }) => await kit.knock(victim.freeInvite),
  ],
  "a channel id as an invite": [
    INVITE,
    async ({ kit, victim }) => await join(kit, victim.channelId),
  ],
  "a player id as a rejoin token": [
    [REJOIN, INVITE],
    async ({ kit, victim }) => await join(kit, victim.self.player_id),
  ],
  "a hash of an invite, as a stolen store would hold it": [INVITE, async ({ kit, victim }) => {
    const bytes = new TextEncoder().encode(victim.freeInvite);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    assert.equal((await join(kit, `inv_${digest.slice(0, 60)}`)).status, 404);
    return await join(kit, digest);
  }],
  "one invite, used by eight at once": ["one seat", async ({ kit }) => {
    const { invite } = await room(kit);
    const all = await Promise.all(Array.from({ length: 8 }, () => join(kit, invite)));
    const said = all.map(verdictOf).toSorted();
    return said.filter((verdict) => verdict === "200 ok").length === 1 &&
        said.filter((verdict) => verdict === "409 SLOT_ALREADY_FILLED").length === 7
      ? "one seat"
      : said.join();
  }],
  "one rejoin token, rotated by eight at once": ["one seat", async ({ kit }) => {
    const { invite } = await room(kit);
    const { rejoin_token } = (await join(kit, invite)).json;
    const tries = Array.from({ length: 8 }, () => join(kit, rejoin_token, { rotate: true }));
    const said = (await Promise.all(tries)).map(verdictOf);
    return said.filter((verdict) => verdict === "200 ok").length === 1 &&
        said.filter((verdict) => verdict === REJOIN).length === 7
      ? "one seat"
      : said.join();
  }],
  "an invite in the query, which proxies log": [
    ["404 NOT_FOUND", "405 METHOD_NOT_ALLOWED"],
    async ({ kit }) => {
      const { invite, access_token } = await room(kit);
      return await kit.get(`/join_channel?invite_code=${invite}`, {
        authorization: `Bearer ${access_token}`,
      });
    },
  ],
  "a display name that is a lone surrogate": [
    INVALID,
    async ({ kit }) => {
      const { invite } = await room(kit);
      return await join(kit, invite, { display_name: "\ud800" });
    },
  ],
  "a display name of a thousand characters": [
    INVALID,
    async ({ kit }) => {
      const { invite } = await room(kit);
      return await join(kit, invite, { display_name: "x".repeat(1_000) });
    },
  ],
};

attacks("invites and rejoin tokens", { ...GUESSES, ...CODES });
