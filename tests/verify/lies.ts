/** Lies of a dishonest operator, who has the server's key, about a channel. Each names the entry at
 *  which the verifier must refuse it. */
import type { ChannelExport, ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import type { CheckName } from "../../src/verify/report.ts";
import type { Wire } from "../support/player.ts";
import type { Busy } from "./busy.ts";
import { Liar } from "./liar.ts";
import { SERVER_KEY } from "./genuine.ts";
import type { Forgery } from "./forgeries.ts";

/** By name, the change. It returns the entry that the verifier must refuse, or nothing when the lie
 *  is outside the entries. */
export type Lies = Record<string, (liar: Liar) => ExportedEntry | void>;

const evidence = (liar: Liar): { entry: ExportedEntry; exchange: Wire } => {
  const entry = liar.typed("bot:evidence");
  return { entry, exchange: (entry.body as Wire).exchanges[0] };
};
const inExchange = (change: (exchange: Wire) => void) => (liar: Liar) => {
  const { entry, exchange } = evidence(liar);
  change(exchange);
  return entry;
};

const NETWORK: Lies = {
  "an answer for a bot that declares no hosts": (liar) => {
    liar.declare("Keeper", { net: [] });
    liar.bot("Keeper").attach.net = [];
    return liar.typed("bot:evidence");
  },
  "an answer of a host that the bot does not declare": inExchange(({ request }) =>
    request.url = "http://other.example/price"
  ),
  "a redirect to a host that it does not declare": inExchange(({ answer }) =>
    answer.url = "https://other.example/"
  ),
  "another port of a host that it declares": inExchange(({ request }) =>
    request.url = "http://localhost:1/echo"
  ),
  "an address instead of a name": inExchange(({ request }) => request.url = "http://127.0.0.1/"),
  "a scheme other than HTTP": inExchange(({ request }) => request.url = "ftp://localhost/"),
  "a certificate as answer to a fetch": inExchange(({ answer }) => {
    answer.kind = "certified";
    answer.verified = true;
    for (const name of ["url", "status", "headers"]) delete answer[name];
  }),
  "a withheld answer without sealed values": inExchange(({ answer }) => {
    delete answer.body_hash;
    answer.withheld = "[sealed]";
  }),
  "an answer without its body": inExchange(({ answer }) => {
    delete answer.body_hash;
    delete answer.body_bytes;
  }),
  "an extra field in an answer": inExchange(({ answer }) => answer.verdict = "p2 wins"),
  "evidence of another hook": (liar) => liar.says(liar.typed("bot:evidence"), { hook: "on_join" }),
  "evidence of a hook that nothing called": (liar) => {
    const { entry } = evidence(liar);
    entry.cause = liar.find(({ type }) => type === "welcome").id;
    return entry;
  },
  "other hosts announced than the manifest declares": (liar) => {
    liar.bot("Keeper").attach.net = "public";
    return liar.bot("Keeper").described;
  },
  "a bot that hears whispers, announced as one that does not": (liar) => {
    liar.bot("Keeper").attach.private = false;
    return liar.bot("Keeper").described;
  },
  "a bot that hears no whispers, announced as one that does": (liar) => {
    liar.bot("Teller").attach.private = true;
    return liar.bot("Teller").described;
  },
  "a bot that hears whispers after a confidential one": (liar) => {
    liar.declare("Keeper", { confidential: true });
    liar.declare("Teller", { private: true });
    liar.bot("Teller").attach.private = true;
    return liar.bot("Teller").described;
  },
  "a confidential bot beside one that hears whispers": (liar) => {
    liar.declare("Teller", { private: true, confidential: true });
    liar.bot("Teller").attach.private = true;
    return liar.bot("Teller").described;
  },
};

const more = { verdict: "p2 is disqualified" };
const inOp = (type: string, change: (op: Wire) => void) => (liar: Liar) => {
  const entry = liar.typed(type);
  change(entry.body!.op);
  return entry;
};
const WORDS: Lies = {
  "another text of a spent budget": (liar) =>
    liar.says(liar.typed("bot:budget_spent"), { text: "p2 has won" }),
  "another number of a spent budget": (liar) =>
    liar.says(liar.typed("bot:budget_spent"), { entries: 3 }),
  "an extra field of a spent budget": (liar) => liar.says(liar.typed("bot:budget_spent"), more),
  "another text of a pause": (liar) => liar.says(liar.typed("bot:paused"), { text: "p2 has won" }),
  "a pause after two kills": (liar) => liar.says(liar.typed("bot:paused"), { kills: 2 }),
  "an extra field of a pause": (liar) => liar.says(liar.typed("bot:paused"), more),
  "an extra field in a rename": inOp("rename_applied", (op) => op.verdict = "p2 wins"),
  "an invalid name": inOp("rename_applied", (op) => op.name = " "),
  "an extra field in a change of admins": inOp("set_admin_applied", (op) => op.verdict = "p2 wins"),
  "an extra field beside an operation": (liar) => liar.says(liar.typed("yield_slot_applied"), more),
  "an operation by a player who never joined": (liar) =>
    liar.says(liar.typed("rename_applied"), { by: "p99" }),
  "an operation by a bot": (liar) =>
    liar.says(liar.typed("rename_applied"), { by: "bot_Keeper_0" }),
  "a slot yielded to a player": inOp("yield_slot_applied", (op) => op.to = "p2"),
  "a visibility that is none": inOp("set_visibility_applied", (op) => op.visibility = "p2"),
  "a change of visibility that changes nothing": inOp("set_visibility_applied", (op) => {
    delete op.visibility;
    delete op.open_seats;
  }),
  "an extra field in a change of spectators": inOp(
    "set_spectators_applied",
    (op) => op.seen = "p2",
  ),
  "spectators who are ahead": inOp("set_spectators_applied", (op) => op.delay = -1),
  "spectators of nobody's choice": inOp("set_spectators_applied", (op) => op.who = "p2"),
  "spectators who may speak in another word": inOp(
    "set_spectators_applied",
    (op) => op.speak = "p2",
  ),
  "an extra field in a close": inOp("close_applied", (op) => op.winner = "p2"),
  "a message of a killed hook": (liar) =>
    liar.says(liar.find(({ reason }) => reason === "killed"), { message: "p2 has won" }),
  "an error without a message": (liar) => {
    const failed = liar.typed("bot:failed");
    delete failed.body!.message;
    return failed;
  },
  "an extra field of a member": (liar) =>
    liar.says(liar.typed("member_joined", 1), { admin: true }),
  "an extra field of a bot in entry 2": (liar) => {
    const entry = liar.typed("bots_announced");
    (entry.body as Wire).bots[0].verdict = "p2 wins";
    return entry;
  },
  "an extra field in an excerpt": (liar) => {
    liar.bot("Keeper").manifest.manifest_excerpt.verdict = "p2 wins";
    return liar.bot("Keeper").described;
  },
};

const op = (type: string, fields: Wire) => ({
  body: { type: `${type}_applied`, op: { type, ...fields } },
});
const put = (after: string, type: string, fields: Wire) => (liar: Liar) =>
  liar.after(liar.typed(after), op(type, fields));
const CHANGES: Lies = {
  "a removal of a bot that stays": put("rename_applied", "remove_bot", { slot_id: "s0" }),
  "the same in a sealed channel": (liar) => {
    liar.file.entries[0]!.body!.sealed = true;
    return put("rename_applied", "remove_bot", { bot_id: "bot_Keeper_0" })(liar);
  },
  "a rated channel that is not sealed": (liar) => {
    liar.file.entries[0]!.body!.rated = true;
    return liar.file.entries[0]!;
  },
  "a rated channel with several bots": (liar) => {
    Object.assign(liar.file.entries[0]!.body!, { sealed: true, rated: true });
    return liar.typed("bots_announced");
  },
  "a channel that is rated in another word": (liar) => {
    Object.assign(liar.file.entries[0]!.body!, { sealed: true, rated: "Chess" });
    return liar.file.entries[0]!;
  },
  "a set bot that was not announced": (liar) => {
    const { op } = liar.typed("set_bot_applied").body as Wire;
    return put("rename_applied", "set_bot", { slot_id: "s2", bot: op.bot })(liar);
  },
  "a set bot that differs from the announced one": inOp(
    "set_bot_applied",
    ({ bot }) => bot.version = "9",
  ),
  "a bot set in another slot": inOp("set_bot_applied", (op) => op.slot_id = "s0"),
  "a bot set in a slot that does not exist": inOp("set_bot_applied", (op) => op.slot_id = "s9"),
  "a replacing bot in another slot": (liar) => {
    const entry = liar.typed("set_bot_applied", 1);
    (entry.body as Wire).op.slot_id = "s1";
    return entry;
  },
  "a replacing bot without a slot": (liar) => {
    const entry = liar.typed("set_bot_applied", 1);
    delete (entry.body as Wire).op.slot_id;
    return entry;
  },
  "a removal of another bot than was detached": inOp(
    "remove_bot_applied",
    (op) => op.slot_id = "s0",
  ),
  "a detached bot without the operation": (liar) => {
    // As if the next bot replaced it; then `set_bot_applied` would have to follow.
    liar.drop(liar.typed("remove_bot_applied"));
    return liar.find(({ done }) => done);
  },
  "a replacing bot without the operation": (liar) => liar.drop(liar.typed("set_bot_applied", 1)),
  "a new bot in a sealed channel": (liar) => {
    liar.file.entries[0]!.body!.sealed = true;
    return liar.bot("Quiet").at;
  },
  "a resumed bot that does not exist": put("rename_applied", "resume_bot", {
    bot_id: "bot_Judge_7",
  }),
  "a resumed bot in an empty slot": put("rename_applied", "resume_bot", { slot_id: "s2" }),
  "a bot beside another one than there is": (liar) =>
    liar.says(liar.bot("Teller").described, { beside: ["bot_Quiet_2"] }),
  "a bot that is told of a seal": (liar) =>
    liar.says(liar.bot("Teller").described, { sealed: true }),
  "a kick of a member who stays": put("rename_applied", "kick", { player_id: "p1" }),
  "a ban of a member who stays": put("rename_applied", "ban", { player_id: "p1" }),
  "a kick of another member than left": inOp("kick_applied", (op) => op.player_id = "p1"),
  "a ban of another member than left": inOp("ban_applied", (op) => op.player_id = "p1"),
  "a kick by another than the departure says": (liar) =>
    liar.says(liar.typed("kick_applied"), { by: "p1" }),
  "a ban without its operation": (liar) => {
    const ban = liar.typed("ban_applied");
    ban.body = liar.typed("rename_applied").body!;
    return ban;
  },
  "an unban of a player who was not banned": inOp("unban_applied", (op) => op.player_id = "p1"),
  "a post of a muted player": (liar) =>
    liar.after(liar.typed("mute_applied"), { sender: "p7", kind: "user", body: { text: "hm" } }),
  "a mute of a player who is gone": inOp("mute_applied", (op) => op.player_id = "p2"),
  "a slot added out of order": inOp("add_slot_applied", (op) => op.slot_id = "s9"),
  "a new invite to a slot that is taken": inOp("new_invite_applied", (op) => op.slot_id = "s3"),
  "a new invite to a bot slot": inOp("new_invite_applied", (op) => op.slot_id = "s0"),
  "a revoked invite that was used": inOp("revoke_invite_applied", (op) => op.slot_id = "s5"),
  "a pause of a bot that does not exist": put("rename_applied", "pause_bot", { slot_id: "s2" }),
  "a pause of a paused bot": (liar) => {
    const paused = liar.typed("pause_bot_applied");
    return liar.after(paused, { body: paused.body! });
  },
  "a state of a bot that does not exist": put("rename_applied", "replace_state", {
    bot_id: "bot_Judge_7",
    state: null,
  }),
  "a log of a bot that does not exist": put("rename_applied", "read_log", {
    bot_id: "bot_Judge_7",
  }),
  "a hook that the bot does not have": inOp("emit_hook_applied", (op) => op.hook = "on_leave"),
  "a hook called with too many arguments": inOp(
    "emit_hook_applied",
    (op) => op.args = ["a", "b", "c", "d"],
  ),
  "a state of a bot that has ended": inOp("replace_state_applied", (op) => {
    op.bot_id = "bot_Quiet_9";
  }),
  "a join by an invite that had expired": (liar) => {
    const { op } = liar.typed("new_invite_applied", 1).body as Wire;
    op.expires = "2001-01-01T00:00:00.000Z";
    return liar.typed("member_joined", 6);
  },
  "a member who leaves by another's word": (liar) =>
    liar.says(liar.typed("member_left"), { by: "host" }),
  "a member who is removed by itself": (liar) =>
    liar.says(liar.typed("member_left", 1), { by: "p2" }),
  "an admin in an empty slot": put("rename_applied", "set_admin", { slot_id: "s5", admin: true }),
  "an admin in a slot that does not exist": put("rename_applied", "set_admin", {
    slot_id: "s9",
    admin: true,
  }),
  "a bot as admin": put("rename_applied", "set_admin", { slot_id: "s0", admin: true }),
  "a yielded slot that a member holds": put("rename_applied", "yield_slot", {
    slot_id: "s3",
    to: "invite",
  }),
  "a yielded slot that a bot holds": put("rename_applied", "yield_slot", {
    slot_id: "s0",
    to: "invite",
  }),
  "a yielded slot that does not exist": put("rename_applied", "yield_slot", {
    slot_id: "s9",
    to: "invite",
  }),
};

const second = (changed: Wire) => (liar: Liar) =>
  liar.says(liar.typed("member_joined", 1), changed);
const MEMBERS: Lies = {
  "a player id with a leading zero": second({ player_id: "p02" }),
  "a player id that skips a number": second({ player_id: "p3" }),
  "a player id that is taken": second({ player_id: "p1" }),
  "a slot that does not exist": second({ slot_id: "s9" }),
  "a slot that is taken": second({ slot_id: "s3", label: "alice" }),
  "a bot slot": second({ slot_id: "s2", label: "spare" }),
  "a wrong label": second({ label: "arbiter" }),
  "a member without a name": second({ display_name: "" }),
  "a member without a label": (liar) => {
    const joined = liar.typed("member_joined", 1);
    delete joined.body!.label;
    return joined;
  },
  "a member who leaves another slot": (liar) =>
    liar.says(liar.typed("member_left"), { slot_id: "s4" }),
  "a member who leaves under another name": (liar) =>
    liar.says(liar.typed("member_left"), { display_name: "bob" }),
  "a member who is removed, and nobody freed the slot": (liar) =>
    liar.after(liar.typed("member_left", 1), { body: liar.typed("rename_applied").body! }),
  "a member who leaves for a reason that there is not": (liar) =>
    liar.says(liar.typed("member_left"), { reason: "lost" }),
  "a rejoin in another slot": (liar) => liar.says(liar.typed("member_rejoined"), { slot_id: "s4" }),
  "a rejoin to an empty seat": (liar) =>
    liar.says(liar.typed("member_rejoined"), { player_id: "p2", slot_id: "s4" }),
  "a join to a slot without a new invite": (liar) => {
    const left = liar.typed("member_left");
    const body = { ...liar.typed("member_joined", 2).body!, player_id: "p4" };
    return liar.after(left, { body });
  },
  "a join to a seat that is still held": (liar) => liar.drop(liar.typed("member_left", 1)),
};

const OPENING: Lies = {
  "an entry 2 without bots": (liar) => liar.says(liar.typed("bots_announced"), { bots: [] }),
  "an entry 2 with another summary": (liar) => {
    (liar.typed("bots_announced").body as Wire).bots[0].summary = "Deals fairly";
    return liar.bot("Keeper").described;
  },
  "an entry 2 with another slot": (liar) => {
    (liar.typed("bots_announced").body as Wire).bots[0].slot_id = "s3";
    return liar.bot("Keeper").at;
  },
  "an entry 2 with another bot": (liar) => {
    (liar.typed("bots_announced").body as Wire).bots[1].version = "2.0";
    return liar.bot("Teller").at;
  },
  "an entry 2 in another order": (liar) => {
    (liar.typed("bots_announced").body as Wire).bots.reverse();
    return liar.bot("Keeper").at;
  },
  "an entry 2 with a bot that is never announced": (liar) => {
    const { bots } = liar.typed("bots_announced").body as Wire;
    bots.push({ ...bots[0], bot_id: "bot_Keeper_2", slot_id: "s2" });
    return liar.typed("member_joined");
  },
  "an excerpt of another version": (liar) => {
    liar.bot("Keeper").manifest.manifest_excerpt.version = "2.0";
    return liar.bot("Keeper").described;
  },
  "an excerpt with another summary": (liar) => {
    liar.bot("Quiet").manifest.manifest_excerpt.summary = "Deals fairly";
    return liar.bot("Quiet").described;
  },
  "an excerpt without a parameter of the manifest": (liar) => {
    liar.bot("Keeper").manifest.manifest_excerpt.params = {};
    return liar.bot("Keeper").described;
  },
  "an excerpt without a parameter that the manifest's schema has a default for": (liar) => {
    const { manifest, described } = liar.bot("Keeper");
    manifest.manifest.params = { type: "object", properties: { depth: { default: 1 } } };
    manifest.manifest_excerpt.params = { deep: 1 };
    return described;
  },
  "a bot with another number": (liar) => {
    const { at, attach, manifest } = liar.bot("Last");
    attach.bot_id = manifest.bot_id = "bot_Last_9";
    return at;
  },
  "slots with other ids": (liar) => {
    (liar.file.entries[0]!.body as Wire).slots[5].slot_id = "s7";
    return liar.file.entries[0];
  },
  "a beacon with more than a chain": (liar) => {
    liar.file.entries[0]!.body!.beacon = { verdict: "p2 wins" };
    return liar.file.entries[0];
  },
};

const addressedFailure = (liar: Liar) =>
  liar.find(({ type }, { to }) => type === "bot:failed" && to !== undefined);
const WHISPERS: Lies = {
  "a whisper to a player who never had a seat": (liar) => {
    const whisper = liar.find(({ ask }, { to }) => ask && to !== undefined);
    whisper.to = ["p9"];
    return whisper;
  },
  "a whisper to a former member": (liar) => {
    const said = liar.find(({ done }) => done);
    said.to = ["p2"];
    return said;
  },
  "a whisper to nobody": (liar) => {
    const said = liar.find(({ done }) => done);
    said.to = [];
    return said;
  },
  "a bot's whisper to a player who never had a seat": (liar) => {
    const heard = liar.typed("heard");
    heard.to = ["p1", "p9"];
    return heard;
  },
  "a bot's whisper to a member who joined later": (liar) => {
    const heard = liar.typed("heard");
    heard.to = ["p4"];
    return heard;
  },
  "a failure addressed to a stranger, too": (liar) => {
    const failed = addressedFailure(liar);
    failed.to = ["p2", "p1", "p4"];
    return failed;
  },
  "a public failure that a whisper caused": (liar) => {
    const failed = addressedFailure(liar);
    delete failed.to;
    return failed;
  },
  "an addressed failure with a public cause": (liar) => {
    const failed = liar.typed("bot:failed");
    failed.to = ["p1"];
    return failed;
  },
  "a withheld entry with a public cause": (liar) => {
    const said = liar.find(({ text }) => text === "on we go");
    const body_hash = liar.file.entries[0]!.hash;
    return liar.after(said, {
      kind: "control",
      cause: said.id,
      to: ["p2"],
      salt: undefined,
      body_hash,
    });
  },
};

const killed = (liar: Liar, nth: number) => liar.find(({ reason }) => reason === "killed", nth);
const KEEPER = { sender: "bot:bot_Keeper_0", kind: "bot" as const };
const HOOKS: Lies = {
  "an open channel for players whom the server paired": (liar) =>
    liar.says(liar.typed("channel_created"), { match: { rated: true } }),
  "a pause after fewer kills than it takes": (liar) => {
    const first = killed(liar, 0);
    const { after_ms: _, ...body } = first.body!;
    first.body = { ...body, reason: "threw", message: "no" };
    return liar.typed("bot:paused");
  },
  "a pause long after the kills": (liar) => {
    const paused = liar.typed("bot:paused");
    const next = liar.drop(paused);
    liar.after(liar.find(({ text }) => text === "on we go"), paused);
    return next;
  },
  "an active bot after too many kills": (liar) => liar.drop(liar.typed("bot:paused")),
  "an active bot after a pause": (liar) => {
    liar.drop(liar.typed("resume_bot_applied"));
    const said = liar.find(({ text }) => text === "on we go");
    return liar.find(({ type }, { cause }) => type === "counted" && cause === said.id);
  },
  "a timer of a paused bot": (liar) => {
    const { body, cause } = liar.typed("bot:timer");
    const name = { ...body, name: "again" };
    return liar.after(liar.typed("bot:paused"), { body: name, cause });
  },
  "a timer that fires twice": (liar) => {
    const { body, cause } = liar.typed("bot:timer");
    return liar.after(liar.find(({ type }) => type === "woke"), { body, cause });
  },
  "a timer that a failed hook set": (liar) => {
    const { body } = liar.typed("bot:timer");
    const failed = liar.typed("bot:failed");
    const due = liar.file.entries[failed.cause! - 1]!.ts;
    return liar.after(failed, { body: { ...body!, due }, cause: failed.cause });
  },
  "a timer due before its hook": (liar) =>
    liar.says(liar.typed("bot:timer"), { due: "2020-01-01T00:00:00.000Z" }),
  "a timer that fires early": (liar) =>
    liar.says(liar.typed("bot:timer"), { due: "2099-01-01T00:00:00.000Z" }),
  "a post of a removed bot": (liar) => {
    const removed = liar.typed("remove_bot_applied");
    const said = liar.find(({ type }) => type === "set_bot_applied");
    return liar.after(removed, {
      sender: "bot:bot_Second_3",
      kind: "bot",
      body: { bot_id: "bot_Second_3", type: "verdict" },
      cause: said.id,
    });
  },
  "a post of a bot that has ended": (liar) => {
    const ended = liar.typed("bot:end");
    const body = { bot_id: "bot_Last_4", type: "verdict" };
    return liar.after(ended, { sender: "bot:bot_Last_4", kind: "bot", body, cause: ended.cause });
  },
  "a hook whose posts are not consecutive": (liar) => {
    const heard = liar.typed("heard");
    const counted = liar.find(({ type }, { cause }) => type === "counted" && cause === heard.cause);
    liar.after(heard, { sender: "p2", kind: "user", body: { text: "so?" } });
    return counted;
  },
  "a failure after a post of the same hook": (liar) => {
    const counted = liar.typed("counted");
    const { to: _, ...failed } = structuredClone(liar.typed("bot:failed"));
    return liar.after(counted, { ...failed, cause: counted.cause });
  },
  "more posts than a hook may make": (liar) => {
    let last = liar.typed("counted");
    for (let i = 0; i < 20; i++) {
      last = liar.after(last, { ...KEEPER, body: last.body, cause: last.cause });
    }
    return last;
  },
  "a state that goes back": (liar) => liar.says(liar.typed("counted", 2), { state_version: 0 }),
  "a state that no hook can have set": (liar) =>
    liar.says(liar.typed("counted"), { state_version: 9 }),
  "two states after one hook": (liar) => {
    const heard = liar.typed("heard");
    const counted = liar.find(({ type }, { cause }) => type === "counted" && cause === heard.cause);
    return liar.says(counted, { state_hash: `sha256:${"0".repeat(64)}` });
  },
  "a post without a state hash": (liar) => {
    const counted = liar.typed("counted");
    delete counted.body!.state_hash;
    return counted;
  },
  "a post that the bot's own post called": (liar) => {
    const welcome = liar.typed("welcome");
    return liar.after(welcome, { ...KEEPER, body: welcome.body, cause: welcome.id });
  },
  "an answer beyond the bots' budget": (liar) => {
    const spent = liar.typed("bot:budget_spent");
    const last = liar.file.entries[spent.cause! - 1]!;
    return liar.after(spent, { ...KEEPER, body: { bot_id: "bot_Keeper_0" }, cause: last.id });
  },
  "a budget spent too early": (liar) => {
    const said = liar.find(({ ping }) => ping === 2);
    const { body } = liar.typed("bot:budget_spent");
    return liar.after(said, { kind: "control", body, cause: said.id });
  },
  "a budget announced as spent twice": (liar) => {
    const spent = liar.typed("bot:budget_spent");
    return liar.after(spent, structuredClone(spent));
  },
  "a budget that no entry spent": (liar) => {
    const said = liar.find(({ text }) => text === "on we go");
    const { body } = liar.typed("bot:budget_spent");
    return liar.after(said, { kind: "control", body, cause: said.id });
  },
};

const watched = (liar: Liar) => liar.find((_, { sender }) => sender.startsWith("spectator:"));
const SPECTATORS: Lies = {
  "a spectator who speaks before it may": (liar) => {
    const { sender, kind, body } = watched(liar);
    return liar.after(liar.typed("rename_applied"), { sender, kind, body });
  },
  "a spectator who speaks where nobody may": (liar) => {
    delete (liar.typed("set_spectators_applied").body as Wire).op.speak;
    return watched(liar);
  },
  "a spectator who speaks where nobody watches": (liar) => {
    (liar.typed("set_spectators_applied").body as Wire).op.who = "off";
    return watched(liar);
  },
  "a spectator with the name of a player": (liar) => liar.says(watched(liar), { name: "alice" }),
  "a spectator that nobody can tell from others": (liar) => {
    const entry = watched(liar);
    entry.sender = "spectator:p1";
    return entry;
  },
  "a move of a spectator": (liar) => liar.says(watched(liar), { type: "move", action: "concede" }),
  "a whisper of a spectator": (liar) => {
    const entry = watched(liar);
    entry.to = ["p1"];
    return entry;
  },
  "a spectator's word that a hook caused": (liar) => {
    const entry = watched(liar);
    entry.cause = liar.find(({ text }) => text === "bye").id;
    return entry;
  },
  "an answer of a bot to a spectator": (liar) => {
    const { id } = watched(liar);
    const { body } = liar.find(({ type }, { to }) => type === "counted" && !to);
    return liar.after(watched(liar), { ...KEEPER, body, cause: id });
  },
  "a spectator who speaks after the close": (liar) => {
    const { sender, kind, body } = watched(liar);
    return liar.after(liar.typed("close_applied"), { sender, kind, body });
  },
};

const ENDS: Lies = {
  "a join after the close": (liar) =>
    liar.after(liar.typed("close_applied"), { body: liar.typed("member_joined").body }),
  "a rename after the close": put("close_applied", "rename", { name: "won by p2" }),
  "a second close": (liar) => {
    const close = liar.typed("close_applied");
    return liar.after(close, structuredClone(close));
  },
  "evidence of a hook that the close called": (liar) => {
    const close = liar.typed("close_applied");
    const { entry } = evidence(liar);
    return liar.after(close, { kind: "control", body: entry.body, cause: close.id });
  },
  "a failure after the close": (liar) => {
    const { to: _, ...failed } = structuredClone(liar.typed("bot:failed"));
    return liar.after(liar.typed("close_applied"), failed);
  },
  "a missing seed": inOp("close_applied", (op) => op.seeds.pop()),
  "a seed of a former bot": inOp(
    "close_applied",
    (op) => op.seeds.push({ ...op.seeds[0], bot_id: "bot_Quiet_2" }),
  ),
  "a missing cursor of a bot that has posted": inOp(
    "close_applied",
    (op) => op.seeds[0].cursor = null,
  ),
  "a cursor before a bot's last cause": inOp("close_applied", (op) => op.seeds[0].cursor = 20),
  "a cursor of a bot that had ended": inOp(
    "close_applied",
    (op) => op.seeds.at(-1).cursor = 100,
  ),
  "an invalid salt key": inOp("close_applied", (op) => op.salts = "p2 wins"),
};

/** The last entry that the Keeper has answered: bots may still ping each other after "bye". */
const lastHeard = ({ file: { entries } }: Liar) => {
  const own = entries.filter(({ sender }) => sender === KEEPER.sender);
  return entries[Math.max(...own.map(({ cause = 0 }) => cause)) - 1]!;
};

const FILES: Record<string, [keyof Busy, (liar: Liar) => ExportedEntry | void, CheckName?]> = {
  "a cursor of a bot that does not exist": [
    "open",
    ({ file }) => void (file.cursors.bot_Judge_7 = 9),
  ],
  "a cursor of a bot that has ended": ["open", ({ file }) => void (file.cursors.bot_Last_4 = 9)],
  "a cursor in a closed channel": ["alice", ({ file }) => void (file.cursors.bot_Keeper_0 = 9)],
  "a missing cursor": ["open", (liar) => {
    delete liar.file.cursors.bot_Keeper_0;
    return liar.bot("Keeper").at;
  }],
  "a cursor before the last cause": ["open", (liar) => {
    liar.file.cursors.bot_Keeper_0 = 9;
    return lastHeard(liar);
  }],
  "a cursor beyond the end": ["open", (liar) => {
    liar.file.cursors.bot_Keeper_0 = 10_000;
    return lastHeard(liar);
  }],
  "a viewer who never had a seat": ["alice", ({ file }) => void (file.viewer = "p9")],
  "a whisper withheld from its recipient": ["dave", (liar) => {
    liar.file.viewer = "p2";
    return liar.find((_, { sender, to }) => sender === "p1" && to !== undefined);
  }],
  "a withheld entry whose cause is public": ["dave", (liar) => {
    const withheld = liar.find((_, { sender, to }) => sender === "system" && to !== undefined);
    withheld.cause = liar.find(({ tell }) => tell).id;
    return withheld;
  }],
  "a withheld entry with wrong recipients": ["dave", (liar) => {
    const withheld = liar.find((_, { sender, to }) => sender === "system" && to !== undefined);
    withheld.to = ["p2"];
    return withheld;
  }],
  "a pause after too few withheld failures": ["dave", (liar) => {
    const withheld = liar.find((_, { sender, to }) => sender === "system" && to !== undefined);
    const { body } = liar.typed("bot:paused");
    return liar.after(withheld, { kind: "control", body, cause: withheld.cause });
  }],
  "an unused source": [
    "alice",
    ({ file }) => void (file.sources[`sha256:${"0".repeat(64)}`] = "class Judge {}"),
    "sources",
  ],
  "an unused module": ["alice", ({ file }) =>
    void file.modules.push({
      name: "lib:judge.js",
      version: "1.0.0",
      hash: `sha256:${"0".repeat(64)}`,
      source: "",
    }), "sources"],
  "an unused network body": [
    "alice",
    ({ file }) =>
      void (file
        .evidence["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] = ""),
    "evidence",
  ],
};

/** Lies about a claim and about the rematch after it. */
const GAMES: Lies = {
  "a claim before its time": (liar) => {
    const entry = liar.typed("claim_applied");
    for (const later of liar.file.entries.slice(entry.id - 1)) {
      later.ts = new Date(Date.parse(later.ts) - 1).toISOString();
    }
    return entry;
  },
  "a claim while the game's clock leaves time": (liar) => {
    const entry = liar.typed("claim_applied");
    const { turn_id } = (entry.body as Wire).op;
    const deadline = new Date(Date.parse(entry.ts) + 1).toISOString();
    liar.says(liar.file.entries[turn_id - 1]!, { deadline });
    return entry;
  },
  "a claim of the player who has the turn": inOp("claim_applied", (op) => op.player_id = "p1"),
  "a claim of a message that gives no turn": inOp("claim_applied", (op) => op.turn_id = 1),
  "a claim where entry 1 states no time": (liar) => {
    delete liar.file.entries[0]!.body!.claim_ms;
    return liar.typed("claim_applied");
  },
  "a rematch for which one player has not asked": (liar) => {
    liar.drop(liar.typed("rematch_asked", 1));
    return liar.typed("bot:attach", 1);
  },
  "another order of the players": (liar) =>
    liar.says(liar.typed("bot:attach", 1), { seats: ["p1", "p2"] }),
  "another source in the rematch": (liar) =>
    liar.says(liar.typed("bot:attach", 1), { code_hash: `sha256:${"00".repeat(32)}` }),
  "other parameters in the rematch": (liar) => {
    const entry = liar.typed("bot:manifest", 1);
    (entry.body as Wire).manifest_excerpt.params.range = [1, 2];
    return entry;
  },
  "a request of somebody who did not play": (liar) =>
    liar.says(liar.typed("rematch_asked"), { player_id: "p3" }),
  "a request of a player who asked before": (liar) =>
    liar.says(liar.typed("rematch_asked", 1), { player_id: "p1" }),
  "spectators who come to speak in a sealed channel": (liar) =>
    liar.after(
      liar.typed("bot:end"),
      op("set_spectators", { who: "public", delay: 0, speak: true }),
    ),
  "a bot of its own in a sealed channel": (liar) => {
    const entry = liar.typed("bot:attach", 1);
    delete entry.body!.rematch_of;
    delete entry.body!.seats;
    return entry;
  },
};

/** The honest files that lies are made of. */
export interface Honest extends Busy {
  claimed: ChannelExport;
}

export function lies(honest: Honest): Forgery[] {
  const lie = (
    name: string,
    base: keyof Honest,
    change: (liar: Liar) => ExportedEntry | void,
    check: CheckName = "speakers",
  ): Forgery => {
    const liar = new Liar(honest[base]);
    const entry = change(liar);
    liar.mend(SERVER_KEY);
    const id = entry && liar.file.entries.indexOf(entry) + 1;
    return { name, file: liar.file, check, ...(id && { id }) };
  };
  const tables = [NETWORK, WORDS, CHANGES, MEMBERS, OPENING, WHISPERS, HOOKS, SPECTATORS, ENDS];
  return [
    ...tables.flatMap((table) =>
      Object.entries(table).map(([name, change]) => lie(name, "alice", change))
    ),
    ...Object.entries(GAMES).map(([name, change]) => lie(name, "claimed", change)),
    ...Object.entries(FILES).map(([name, [base, change, check]]) => lie(name, base, change, check)),
  ];
}
