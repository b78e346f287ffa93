/** Forgeries of an export, each with the check that must fail and the first entry at fault. */
import type { ChannelExport, ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { hashText, utf8ToBytes } from "../../src/kernel/hash.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import type { CheckName } from "../../src/verify/report.ts";
import { Forger } from "./forger.ts";
import { SERVER_KEY } from "./genuine.ts";
import { againstTheRules } from "./rule_forgeries.ts";

export interface Forgery {
  name: string;
  file: ChannelExport;
  check: CheckName;
  id?: number;
}

const OTHER_KEY = "0b".repeat(32);
const otherHex = (text: string) => text.replace(/.$/, (last) => last === "0" ? "1" : "0");

/** Makes one change and returns the check that must fail and the entry at fault. */
type Change = (forger: Forger) => [CheckName, number?];

/** One forgery. With `mendWith`, repairs every hash after the change and signs with that key. */
export function forge(
  genuine: ChannelExport,
  name: string,
  change: Change,
  mendWith?: string,
): Forgery {
  const forger = new Forger(genuine);
  const [check, id] = change(forger);
  if (mendWith !== undefined) forger.mend(mendWith);
  return { name, file: forger.file, check, ...(id !== undefined && { id }) };
}

/** Changes one field of one entry and mends nothing. The verifier must name the entry. */
function* fieldByField(genuine: ChannelExport): Generator<Forgery> {
  const fields: Record<string, (entry: ExportedEntry) => CheckName> = {
    id: (entry) => (entry.id += 1000, "ids"),
    channel_id: (entry) => (entry.channel_id += "x", "ids"),
    sender: (entry) => (entry.sender += "x", "hashes"),
    kind: (entry) => (entry.kind = entry.kind === "user" ? "bot" : "user", "hashes"),
    to: (entry) => (entry.to = entry.to ? undefined : ["p1"], "hashes"),
    cause: (entry) => (entry.cause = entry.cause === undefined ? 0 : undefined, "hashes"),
    body: (entry) => {
      if (entry.body) entry.body = { ...entry.body, more: 1 };
      else entry.body_hash = otherHex(entry.body_hash!);
      return "hashes";
    },
    salt: (entry) => {
      if (entry.salt) entry.salt = otherHex(entry.salt);
      else entry.body_hash = otherHex(entry.body_hash!);
      return "hashes";
    },
    hash: (entry) => (entry.hash = otherHex(entry.hash), "hashes"),
  };
  for (const at of spread(genuine, 12)) {
    for (const [field, change] of Object.entries(fields)) {
      const found = (forger: Forger): [CheckName, number?] => {
        const check = change(forger.file.entries[at]!);
        return [check, forger.file.entries[at]!.id];
      };
      yield forge(genuine, `${field} of entry ${at + 1}`, found);
    }
  }
  const later = "2999-01-01T00:00:00.000Z";
  for (const at of spread(genuine, 6).slice(0, -1)) {
    yield forge(genuine, `time of entry ${at + 1}`, ({ file }) => {
      file.entries[at]!.ts = later;
      return ["times", at + 2];
    });
  }
}

/** Drops, swaps and duplicates whole entries. */
function* entryByEntry(genuine: ChannelExport): Generator<Forgery> {
  for (const at of spread(genuine, 10)) {
    const last = at === genuine.entries.length - 1;
    yield forge(genuine, `entry ${at + 1} dropped`, ({ file }) => {
      file.entries.splice(at, 1);
      return last ? ["tree", at + 1] : ["ids", at + 2];
    });
    yield forge(genuine, `entry ${at + 1} twice`, ({ file }) => {
      file.entries.splice(at, 0, file.entries[at]!);
      return ["ids", at + 1];
    });
    if (last) continue;
    yield forge(genuine, `entries ${at + 1} and ${at + 2} swapped`, ({ file }) => {
      file.entries.splice(at, 2, file.entries[at + 1]!, file.entries[at]!);
      return ["ids", at + 2];
    });
    yield forge(
      genuine,
      `entry ${at + 1} dropped, all renumbered and signed by another key`,
      ({ file }) => {
        file.entries.splice(at, 1);
        return ["signature"];
      },
      OTHER_KEY,
    );
  }
}

/** Changes outside the log: sources, modules, evidence, the checkpoint, and revealed values. */
function* aroundTheLog(genuine: ChannelExport): Generator<Forgery> {
  const attach = genuine.entries.filter(({ body }) => body?.type === "bot:attach");
  for (const { id, body } of attach) {
    const hash = String(body!.code_hash);
    yield forge(genuine, `a byte of the source of ${body!.bot_id}`, ({ file }) => {
      file.sources[hash] = `${file.sources[hash]} `;
      return ["sources", id];
    });
    yield forge(genuine, `no source of ${body!.bot_id}`, ({ file }) => {
      delete file.sources[hash];
      return ["sources", id];
    });
    for (const field of ["seed_commit", "manifest_hash", "code_hash"]) {
      yield forge(genuine, `${field} of ${body!.bot_id}, signed anew`, (forger) => {
        const entry = forger.file.entries[id - 1]!;
        entry.body = { ...entry.body, [field]: otherHex(String(entry.body![field])) };
        if (field === "manifest_hash") return ["sources", id];
        // Entry 2 names the code hashes of all first bots, too.
        if (field === "code_hash") return ["speakers", id];
        return ["seeds", revealOf(forger, String(body!.bot_id)).id];
      }, SERVER_KEY);
    }
  }
  yield forge(genuine, "a byte of a vetted module", ({ file }) => {
    file.modules[0]!.source += " ";
    return ["sources", attach.find(({ body }) => JSON.stringify(body).includes("lib:"))!.id];
  });
  yield forge(genuine, "another module of the same name and version", ({ file }) => {
    const [module] = file.modules;
    const source = `${module!.source}\n`;
    file.modules[0] = { ...module!, source, hash: hashText(utf8ToBytes(source)) };
    return ["sources"];
  });
  yield forge(genuine, "another seed, signed anew", (forger) => {
    const entry = forger.ofType("bot:end");
    entry.body = { ...entry.body, seed: otherHex(String(entry.body!.seed)) };
    return ["seeds", entry.id];
  }, SERVER_KEY);
  for (const [hash, base64] of Object.entries(genuine.evidence)) {
    const { id } = genuine.entries.find(({ body }) => JSON.stringify(body ?? 0).includes(hash))!;
    yield forge(genuine, `a byte of evidence ${id}`, ({ file }) => {
      file.evidence[hash] = btoa(atob(base64).replace(/.$/, "!"));
      return ["evidence", id];
    });
    yield forge(genuine, `evidence ${id} missing`, ({ file }) => {
      delete file.evidence[hash];
      return ["evidence", id];
    });
  }
  yield forge(genuine, "signed by another key", () => ["signature"], OTHER_KEY);
  yield forge(genuine, "a checkpoint of another size", ({ file }) => {
    const size = file.entries.length;
    file.checkpoint = file.checkpoint.replace(`\n${size}\n`, `\n${size + 1}\n`);
    return ["tree", size + 1];
  });
  yield forge(genuine, "a checkpoint of another channel", ({ file }) => {
    file.checkpoint = file.checkpoint.replaceAll(file.channel_id, "chn_other");
    return ["tree"];
  });
  yield forge(genuine, "a salt that was chosen, signed anew", (forger) => {
    const entry = forger.entry((_, { kind, to }) => kind === "user" && !to);
    entry.salt = otherHex(entry.salt!);
    return ["salts", entry.id];
  }, SERVER_KEY);
}

/** Lies of a server with its own key: every hash is right, and only a replay shows the lie. */
function* byTheServer(genuine: ChannelExport): Generator<Forgery> {
  const posts = genuine.entries.filter(({ sender, body }) => sender.startsWith("bot:") && body);
  for (const { id, body } of posts) {
    yield forge(genuine, `post ${id} with a field added, signed anew`, ({ file }) => {
      file.entries[id - 1]!.body = { ...body, more: true };
      return ["replay", id];
    }, SERVER_KEY);
    yield forge(genuine, `post ${id} dropped, signed anew`, ({ file }) => {
      file.entries.splice(id - 1, 1);
      return ["replay"];
    }, SERVER_KEY);
  }
  const alone = posts.filter(({ cause }) =>
    posts.filter((each) => each.cause === cause).length === 1
  );
  for (const { id, body } of alone.slice(0, 3)) {
    yield forge(
      genuine,
      `post ${id} made to look like a killed hook, signed anew`,
      ({ file }) => {
        file.entries[id - 1]!.body = { ...body, type: "bot:failed", reason: "killed", after_ms: 1 };
        return ["replay", id];
      },
      SERVER_KEY,
    );
  }
  const rolled = posts.filter(({ body }) => body!.type === "rolled");
  for (const { id, body } of rolled.slice(0, 4)) {
    yield forge(genuine, `die ${id} changed, signed anew`, ({ file }) => {
      const die = Number(body!.die) % 6 + 1;
      file.entries[id - 1]!.body = { ...body, die };
      return ["replay", id];
    }, SERVER_KEY);
  }
}

function revealOf(forger: Forger, botId: string): ExportedEntry {
  return forger.entry((body: JsonObject) =>
    ["bot:end", "bot:detach"].includes(String(body.type)) && body.bot_id === botId
  ) ?? forger.ofType("close_applied");
}

/** Evenly spread indexes of entries, including the first and the last, counted from 0. */
function spread({ entries }: ChannelExport, count: number): number[] {
  const step = (entries.length - 1) / (count - 1);
  return [...new Set(Array.from({ length: count }, (_, i) => Math.round(i * step)))];
}

export function forgeries(genuine: ChannelExport): Forgery[] {
  return [
    ...fieldByField(genuine),
    ...entryByEntry(genuine),
    ...aroundTheLog(genuine),
    ...byTheServer(genuine),
    ...againstTheRules(genuine),
  ];
}
