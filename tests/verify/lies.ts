/** What a host that holds the key may tell of a channel: each lie with the entry at which it must
 *  be refused. */
import type { ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import type { CheckName } from "../../src/verify/report.ts";
import type { Wire } from "../support/player.ts";
import type { Busy } from "./busy.ts";
import { Liar } from "./liar.ts";
import { SERVER_KEY } from "./genuine.ts";
import type { Forgery } from "./forgeries.ts";

/** By its name: what is changed. Returns the entry that must be refused, nothing where the file as
 *  a whole lies. */
export type Lies = Record<string, (liar: Liar) => ExportedEntry | void>;

const evidence = (liar: Liar): { entry: ExportedEntry; told: Wire } => {
  const entry = liar.typed("bot:evidence");
  return { entry, told: (entry.body as Wire).exchanges[0] };
};
const asked = (change: (told: Wire) => void) => (liar: Liar) => {
  const { entry, told } = evidence(liar);
  change(told);
  return entry;
};

const NETWORK: Lies = {
  "an answer for a bot that declares no hosts": (liar) => {
    liar.declare("Keeper", { net: [] });
    liar.bot("Keeper").attach.net = [];
    return liar.typed("bot:evidence");
  },
  "an answer of a host that the bot does not declare": asked(({ request }) =>
    request.url = "http://other.example/price"
  ),
  "a redirect to a host that it does not declare": asked(({ answer }) =>
    answer.url = "https://other.example/"
  ),
  "another port of a host that it declares": asked(({ request }) =>
    request.url = "http://localhost:1/echo"
  ),
  "an address instead of a name": asked(({ request }) => request.url = "http://127.0.0.1/"),
  "a scheme that nobody asks": asked(({ request }) => request.url = "ftp://localhost/"),
  "a certificate for a page": asked(({ answer }) => {
    answer.kind = "certified";
    answer.verified = true;
    for (const name of ["url", "status", "headers"]) delete answer[name];
  }),
  "an answer that is withheld though nothing is sealed": asked(({ answer }) => {
    delete answer.body_hash;
    answer.withheld = "[sealed]";
  }),
  "an answer without its body": asked(({ answer }) => {
    delete answer.body_hash;
    delete answer.body_bytes;
  }),
  "more in an answer than answers have": asked(({ answer }) => answer.verdict = "p2 wins"),
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
};

const more = { verdict: "p2 is disqualified" };
const inOp = (type: string, change: (op: Wire) => void) => (liar: Liar) => {
  const entry = liar.typed(type);
  change(entry.body!.op);
  return entry;
};
const WORDS: Lies = {
  "a budget in other words": (liar) =>
    liar.says(liar.typed("bot:budget_spent"), { text: "p2 has won" }),
  "another budget": (liar) => liar.says(liar.typed("bot:budget_spent"), { entries: 3 }),
  "more than a budget": (liar) => liar.says(liar.typed("bot:budget_spent"), more),
  "a pause in other words": (liar) => liar.says(liar.typed("bot:paused"), { text: "p2 has won" }),
  "a pause after two kills": (liar) => liar.says(liar.typed("bot:paused"), { kills: 2 }),
  "more than a pause": (liar) => liar.says(liar.typed("bot:paused"), more),
  "more than a name": inOp("rename_applied", (op) => op.verdict = "p2 wins"),
  "a name that nobody can give": inOp("rename_applied", (op) => op.name = " "),
  "more than an admin": inOp("set_admin_applied", (op) => op.verdict = "p2 wins"),
  "more beside an operation": (liar) => liar.says(liar.typed("yield_slot_applied"), more),
  "a slot that is given to a player": inOp("yield_slot_applied", (op) => op.to = "p2"),
  "more than an end": inOp("close_applied", (op) => op.winner = "p2"),
  "a message of a hook that was killed": (liar) =>
    liar.says(liar.find(({ reason }) => reason === "killed"), { message: "p2 has won" }),
  "an error without a message": (liar) => {
    const failed = liar.typed("bot:failed");
    delete failed.body!.message;
    return failed;
  },
  "more than a member": (liar) => liar.says(liar.typed("member_joined", 1), { admin: true }),
  "more of a bot in entry 2": (liar) => {
    const entry = liar.typed("bots_announced");
    (entry.body as Wire).bots[0].verdict = "p2 wins";
    return entry;
  },
  "more in an excerpt": (liar) => {
    liar.bot("Keeper").manifest.manifest_excerpt.verdict = "p2 wins";
    return liar.bot("Keeper").described;
  },
};

const op = (type: string, said: Wire) => ({
  body: { type: `${type}_applied`, op: { type, ...said } },
});
const put = (after: string, type: string, said: Wire) => (liar: Liar) =>
  liar.after(liar.typed(after), op(type, said));
const CHANGES: Lies = {
  "a bot is removed that goes on": put("rename_applied", "remove_bot", { slot_id: "s0" }),
  "the same where the channel is sealed": (liar) => {
    liar.file.entries[0]!.body!.sealed = true;
    return put("rename_applied", "remove_bot", { bot_id: "bot_Keeper_0" })(liar);
  },
  "a bot is set that was not announced": (liar) => {
    const { op } = liar.typed("set_bot_applied").body as Wire;
    return put("rename_applied", "set_bot", { slot_id: "s2", bot: op.bot })(liar);
  },
  "another bot is set than was announced": inOp("set_bot_applied", ({ bot }) => bot.version = "9"),
  "a bot is set in another slot": inOp("set_bot_applied", (op) => op.slot_id = "s0"),
  "a bot is set in no slot": inOp("set_bot_applied", (op) => op.slot_id = "s9"),
  "a bot in another one's place, in another slot": (liar) => {
    const entry = liar.typed("set_bot_applied", 1);
    (entry.body as Wire).op.slot_id = "s1";
    return entry;
  },
  "a bot in another one's place, in no slot": (liar) => {
    const entry = liar.typed("set_bot_applied", 1);
    delete (entry.body as Wire).op.slot_id;
    return entry;
  },
  "another bot is removed than was taken out": inOp(
    "remove_bot_applied",
    (op) => op.slot_id = "s0",
  ),
  "nothing says what took a bot out": (liar) => {
    // As if the next bot came in its place: then that would be told.
    liar.drop(liar.typed("remove_bot_applied"));
    return liar.find(({ done }) => done);
  },
  "a bot takes another one's place, and it is not told": (liar) =>
    liar.drop(liar.typed("set_bot_applied", 1)),
  "a bot is announced in a sealed channel": (liar) => {
    liar.file.entries[0]!.body!.sealed = true;
    return liar.bot("Quiet").at;
  },
  "a bot is resumed that never was": put("rename_applied", "resume_bot", { bot_id: "bot_Judge_7" }),
  "a bot is resumed where there is none": put("rename_applied", "resume_bot", { slot_id: "s2" }),
  "an empty seat is an admin": put("rename_applied", "set_admin", { slot_id: "s5", admin: true }),
  "a slot that is none is an admin": put("rename_applied", "set_admin", {
    slot_id: "s9",
    admin: true,
  }),
  "a bot is an admin": put("rename_applied", "set_admin", { slot_id: "s0", admin: true }),
  "a slot is yielded in which somebody sits": put("rename_applied", "yield_slot", {
    slot_id: "s3",
    to: "invite",
  }),
  "a slot is yielded in which a bot is": put("rename_applied", "yield_slot", {
    slot_id: "s0",
    to: "invite",
  }),
  "a slot is yielded that is none": put("rename_applied", "yield_slot", {
    slot_id: "s9",
    to: "invite",
  }),
};

const second = (changed: Wire) => (liar: Liar) =>
  liar.says(liar.typed("member_joined", 1), changed);
const MEMBERS: Lies = {
  "a player who looks like p2": second({ player_id: "p02" }),
  "a player whose number was left out": second({ player_id: "p3" }),
  "a player with the number of another one": second({ player_id: "p1" }),
  "a slot that does not exist": second({ slot_id: "s9" }),
  "a slot that is taken": second({ slot_id: "s3", label: "alice" }),
  "a slot that is a bot's": second({ slot_id: "s2", label: "spare" }),
  "a false label": second({ label: "arbiter" }),
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
  "a seat that is taken over in another slot": (liar) =>
    liar.says(liar.typed("member_rejoined"), { slot_id: "s4" }),
  "a seat of nobody that is taken over": (liar) =>
    liar.says(liar.typed("member_rejoined"), { player_id: "p2", slot_id: "s4" }),
  "a slot that was left and has no new invite": (liar) => {
    const left = liar.typed("member_left");
    const body = { ...liar.typed("member_joined", 2).body!, player_id: "p4" };
    return liar.after(left, { body });
  },
  "a seat that is filled while it is not given up": (liar) =>
    liar.drop(liar.typed("member_left", 1)),
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
  "an entry 2 with a bot that never came": (liar) => {
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
  "a whisper to somebody who never sat there": (liar) => {
    const whisper = liar.find(({ ask }, { to }) => ask && to !== undefined);
    whisper.to = ["p9"];
    return whisper;
  },
  "a whisper to somebody who has left": (liar) => {
    const said = liar.find(({ done }) => done);
    said.to = ["p2"];
    return said;
  },
  "a whisper to nobody": (liar) => {
    const said = liar.find(({ done }) => done);
    said.to = [];
    return said;
  },
  "a bot's whisper to somebody who never sat there": (liar) => {
    const heard = liar.typed("heard");
    heard.to = ["p1", "p9"];
    return heard;
  },
  "a bot's whisper to somebody who came later": (liar) => {
    const heard = liar.typed("heard");
    heard.to = ["p4"];
    return heard;
  },
  "a failure that is told a stranger": (liar) => {
    const failed = addressedFailure(liar);
    failed.to = ["p2", "p1", "p4"];
    return failed;
  },
  "a failure that is told everyone though a whisper caused it": (liar) => {
    const failed = addressedFailure(liar);
    delete failed.to;
    return failed;
  },
  "a failure that is told some though everyone may read its cause": (liar) => {
    const failed = liar.typed("bot:failed");
    failed.to = ["p1"];
    return failed;
  },
  "something that is withheld of a hook that everyone's words called": (liar) => {
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
  "a bot that goes on though it was killed too often": (liar) =>
    liar.drop(liar.typed("bot:paused")),
  "a bot that goes on though it was paused": (liar) => {
    liar.drop(liar.typed("resume_bot_applied"));
    const said = liar.find(({ text }) => text === "on we go");
    return liar.find(({ type }, { cause }) => type === "counted" && cause === said.id);
  },
  "a timer of a bot that is paused": (liar) => {
    const { body, cause } = liar.typed("bot:timer");
    const name = { ...body, name: "again" };
    return liar.after(liar.typed("bot:paused"), { body: name, cause });
  },
  "a timer that comes twice": (liar) => {
    const { body, cause } = liar.typed("bot:timer");
    return liar.after(liar.find(({ type }) => type === "woke"), { body, cause });
  },
  "a timer that a hook set which failed": (liar) => {
    const { body } = liar.typed("bot:timer");
    const failed = liar.typed("bot:failed");
    const due = liar.file.entries[failed.cause! - 1]!.ts;
    return liar.after(failed, { body: { ...body!, due }, cause: failed.cause });
  },
  "a timer from before its hook": (liar) =>
    liar.says(liar.typed("bot:timer"), { due: "2020-01-01T00:00:00.000Z" }),
  "a timer that comes early": (liar) =>
    liar.says(liar.typed("bot:timer"), { due: "2099-01-01T00:00:00.000Z" }),
  "a bot that speaks when it was taken out": (liar) => {
    const removed = liar.typed("remove_bot_applied");
    const said = liar.find(({ type }) => type === "set_bot_applied");
    return liar.after(removed, {
      sender: "bot:bot_Second_3",
      kind: "bot",
      body: { bot_id: "bot_Second_3", type: "verdict" },
      cause: said.id,
    });
  },
  "a bot that speaks when it has ended": (liar) => {
    const ended = liar.typed("bot:end");
    const body = { bot_id: "bot_Last_4", type: "verdict" };
    return liar.after(ended, { sender: "bot:bot_Last_4", kind: "bot", body, cause: ended.cause });
  },
  "a hook whose words come apart": (liar) => {
    const heard = liar.typed("heard");
    const counted = liar.find(({ type }, { cause }) => type === "counted" && cause === heard.cause);
    liar.after(heard, { sender: "p2", kind: "user", body: { text: "so?" } });
    return counted;
  },
  "a failure beside words": (liar) => {
    const counted = liar.typed("counted");
    const { to: _, ...failed } = structuredClone(liar.typed("bot:failed"));
    return liar.after(counted, { ...failed, cause: counted.cause });
  },
  "more words than a hook may have": (liar) => {
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
  "words without a state": (liar) => {
    const counted = liar.typed("counted");
    delete counted.body!.state_hash;
    return counted;
  },
  "words that its own words called": (liar) => {
    const welcome = liar.typed("welcome");
    return liar.after(welcome, { ...KEEPER, body: welcome.body, cause: welcome.id });
  },
  "an answer beyond what bots may cause": (liar) => {
    const spent = liar.typed("bot:budget_spent");
    const last = liar.file.entries[spent.cause! - 1]!;
    return liar.after(spent, { ...KEEPER, body: { bot_id: "bot_Keeper_0" }, cause: last.id });
  },
  "a budget that is spent too early": (liar) => {
    const said = liar.find(({ ping }) => ping === 2);
    const { body } = liar.typed("bot:budget_spent");
    return liar.after(said, { kind: "control", body, cause: said.id });
  },
  "a budget that is spent twice": (liar) => {
    const spent = liar.typed("bot:budget_spent");
    return liar.after(spent, structuredClone(spent));
  },
  "a budget that nothing spent": (liar) => {
    const said = liar.find(({ text }) => text === "on we go");
    const { body } = liar.typed("bot:budget_spent");
    return liar.after(said, { kind: "control", body, cause: said.id });
  },
};

const ENDS: Lies = {
  "somebody joins when it is closed": (liar) =>
    liar.after(liar.typed("close_applied"), { body: liar.typed("member_joined").body }),
  "it is renamed when it is closed": put("close_applied", "rename", { name: "won by p2" }),
  "it is closed twice": (liar) => {
    const close = liar.typed("close_applied");
    return liar.after(close, structuredClone(close));
  },
  "a bot says when it is closed what it was asked": (liar) => {
    const close = liar.typed("close_applied");
    const { entry } = evidence(liar);
    return liar.after(close, { kind: "control", body: entry.body, cause: close.id });
  },
  "a bot fails when it is closed": (liar) => {
    const { to: _, ...failed } = structuredClone(liar.typed("bot:failed"));
    return liar.after(liar.typed("close_applied"), failed);
  },
  "a seed is kept back": inOp("close_applied", (op) => op.seeds.pop()),
  "a seed of a bot that is gone": inOp(
    "close_applied",
    (op) => op.seeds.push({ ...op.seeds[0], bot_id: "bot_Quiet_2" }),
  ),
  "a bot had come to nothing, which has spoken": inOp(
    "close_applied",
    (op) => op.seeds[0].cursor = null,
  ),
  "a bot had come to less than it spoke of": inOp("close_applied", (op) => op.seeds[0].cursor = 20),
  "a bot that had ended had come somewhere": inOp(
    "close_applied",
    (op) => op.seeds.at(-1).cursor = 100,
  ),
  "a key of the salts that is none": inOp("close_applied", (op) => op.salts = "p2 wins"),
};

const FILES: Record<string, [keyof Busy, (liar: Liar) => ExportedEntry | void, CheckName?]> = {
  "a cursor of a bot that never was": ["open", ({ file }) => void (file.cursors.bot_Judge_7 = 9)],
  "a cursor of a bot that has ended": ["open", ({ file }) => void (file.cursors.bot_Last_4 = 9)],
  "a cursor in a closed channel": ["alice", ({ file }) => void (file.cursors.bot_Keeper_0 = 9)],
  "a cursor that is missing": ["open", (liar) => {
    delete liar.file.cursors.bot_Keeper_0;
    return liar.bot("Keeper").at;
  }],
  "a cursor that lags behind what was said": ["open", (liar) => {
    liar.file.cursors.bot_Keeper_0 = 9;
    return liar.find(({ text }) => text === "bye");
  }],
  "a cursor beyond the end": ["open", (liar) => {
    liar.file.cursors.bot_Keeper_0 = 10_000;
    return liar.find(({ text }) => text === "bye");
  }],
  "a viewer who never sat there": ["alice", ({ file }) => void (file.viewer = "p9")],
  "words withheld from those they are for": ["dave", (liar) => {
    liar.file.viewer = "p2";
    return liar.find((_, { sender, to }) => sender === "p1" && to !== undefined);
  }],
  "something withheld, and the whisper that caused it is none": ["dave", (liar) => {
    const told = liar.find((_, { sender, to }) => sender === "system" && to !== undefined);
    told.cause = liar.find(({ tell }) => tell).id;
    return told;
  }],
  "something withheld of a hook, for others than its hearers": ["dave", (liar) => {
    const told = liar.find((_, { sender, to }) => sender === "system" && to !== undefined);
    told.to = ["p2"];
    return told;
  }],
  "a pause after a failure of long ago, which is withheld": ["dave", (liar) => {
    const told = liar.find((_, { sender, to }) => sender === "system" && to !== undefined);
    const { body } = liar.typed("bot:paused");
    return liar.after(told, { kind: "control", body, cause: told.cause });
  }],
  "a source of no bot": [
    "alice",
    ({ file }) => void (file.sources[`sha256:${"0".repeat(64)}`] = "class Judge {}"),
    "sources",
  ],
  "a module that no bot imports": ["alice", ({ file }) =>
    void file.modules.push({
      name: "lib:judge.js",
      version: "1.0.0",
      hash: `sha256:${"0".repeat(64)}`,
      source: "",
    }), "sources"],
  "evidence that nothing names": [
    "alice",
    ({ file }) =>
      void (file
        .evidence["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] = ""),
    "evidence",
  ],
};

export function lies(busy: Busy): Forgery[] {
  const lie = (
    name: string,
    base: keyof Busy,
    change: (liar: Liar) => ExportedEntry | void,
    check: CheckName = "speakers",
  ): Forgery => {
    const liar = new Liar(busy[base]);
    const entry = change(liar);
    liar.mend(SERVER_KEY);
    const id = entry && liar.file.entries.indexOf(entry) + 1;
    return { name, file: liar.file, check, ...(id && { id }) };
  };
  const tables = [NETWORK, WORDS, CHANGES, MEMBERS, OPENING, WHISPERS, HOOKS, ENDS];
  return [
    ...tables.flatMap((table) =>
      Object.entries(table).map(([name, change]) => lie(name, "alice", change))
    ),
    ...Object.entries(FILES).map(([name, [base, change, check]]) => lie(name, base, change, check)),
  ];
}
