/** `bots/bot.d.ts` and the JavaScript guest agree. A bot uses everything that is declared, under a
 *  compiler that knows nothing else; the guest runs it, and each result fits its declared type.
 *  What the guest has, besides the language, is declared. */
import assert from "node:assert/strict";
import ts from "typescript";
import type { NetAnswer } from "../../src/domain/bot/evidence.ts";
import { movesIgnored } from "../../src/domain/bot/moves.ts";
import { viewIn } from "../../src/domain/board/view_in.ts";
import { LeaveReason } from "../../src/domain/announcements/members.ts";
import { HOOKS } from "../../src/domain/bot/bot.ts";
import { Table } from "../../src/cli/bot/table.ts";
import { attachBot } from "../../src/operations/attach_bot.ts";
import { leaveChannel } from "../../src/operations/leave_channel.ts";
import { postMessage } from "../../src/operations/post_message.ts";
import { updateChannel } from "../../src/operations/update_channel.ts";
import { VETTED_NAMES } from "../../src/sandbox/guest/javascript/vetted_sources.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DeclaredTypes } from "../support/declared_types.ts";
import { complaintsOf, sourceIn, typedBots } from "../support/typed_bots.ts";
import { ECHO_BOT, job, onlyPost } from "./job.ts";

const SOURCE = await Deno.readTextFile(new URL("typed_uses.ts.txt", import.meta.url));
/** A bot that imports all vetted modules, by the name of its own for each. */
const MODULES = Object.fromEntries(
  VETTED_NAMES.split(", ").map((name) => [name.replace(/\W/g, "_"), name]),
);
const IMPORTS = Object.entries(MODULES).map(([name, from]) =>
  `import * as ${name} from "${from}";`
);
const program = await typedBots({
  "uses.ts": SOURCE,
  "modules.ts": IMPORTS.join("\n"),
});
const declared = new DeclaredTypes(program, "uses.ts");

/** The answers to the requests of the group `net`: two of `fetch`, two of `tls_certificate`. */
const CERTIFICATE = {
  subject: "CN=example.org",
  issuer: "CN=Authority",
  serial_number: "01",
  valid_from: "2026-01-01T00:00:00.000Z",
  valid_to: "2027-01-01T00:00:00.000Z",
  subject_alt_names: ["example.org"],
  fingerprint_sha256: "sha256:00",
  spki_sha256: "sha256:00",
};
const ANSWERS: NetAnswer[] = [
  { kind: "fetched", url: "https://example.org/", status: 200, headers: [], body: "" },
  { kind: "fetched", url: "https://example.org/", status: 200, headers: [], body: "" },
  { kind: "certified", verified: true, chain: [CERTIFICATE] },
  { kind: "certified", verified: false, error: "it is not trusted", chain: [CERTIFICATE] },
];

/** `body` always throws; the others pass on any number of arguments. */
const UNDECLARED = [
  "response.body is not declared",
  "params.append takes 0, not 2 to 2",
  "params.delete takes 0, not 1 to 2",
  "params.set takes 0, not 2 to 2",
];

const GROUPS = ["ctx", "ended", "net", "console", "web", "signals", "time", "crypto"];

async function resultsOf(sandbox: Sandbox, group: string): Promise<unknown[]> {
  let log: string[] = [];
  const outcome = await sandbox.run(
    job(SOURCE, {
      language: "typescript",
      class_name: "TypedUses",
      params: { group },
      net: ["example.org"],
      env: { API_KEY: "correct-horse/battery+staple" },
      players: [
        { player_id: "p1", display_name: "Ada", label: "ada" },
        { player_id: "p2", display_name: "Bob" },
      ],
    }),
    {
      recorded: ANSWERS.map((answer) => ({ request: { kind: "tls", host: "", port: 0 }, answer })),
      traced: (trace) => log = trace.log,
    },
  );
  assert.equal(outcome.kind, "done", JSON.stringify(outcome));
  const start = log.findIndex((line) => /^results \d+$/.test(line));
  return log.slice(start + 1).map((line) => JSON.parse(line));
}

/** What a compiler thinks that every program has, and a bot lacks. */
function missingIn(header: string): string[] {
  const [, list] = /a bot has no ([^.]+)\./.exec(header)!;
  return [...list!.matchAll(/`(\w+)`/g)].map(([, name]) => name!).toSorted();
}

/** The names of the global values that bots/bot.d.ts declares, or other files of the program. */
function globalsDeclared(isIn = (file: ts.SourceFile) => file === declared.types): string[] {
  return declared.checker.getSymbolsInScope(declared.types, ts.SymbolFlags.Value)
    .filter(({ declarations = [] }) => declarations.some((each) => isIn(each.getSourceFile())))
    .map(({ name }) => name).toSorted();
}

/** Those of `crypto`, of its keys, and of an error that only the engine throws. */
const CLASSES_OF_VALUES = ["Crypto", "CryptoKey", "InternalError", "SubtleCrypto"];

Deno.test("bots/bot.d.ts is what the JavaScript guest has", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000, lateSpare: true });

  await t.step("it compiles, with a bot that uses all of it", () => {
    assert.deepEqual(complaintsOf(program), []);
  });

  for (const group of GROUPS) {
    await t.step(`results of ${group} have their declared types`, async () => {
      const results = await resultsOf(sandbox, group);
      const types = declared.usesOf(group);
      assert.equal(results.length, types.length);
      for (const [i, result] of results.entries()) {
        assert.equal(declared.mistakeIn(types[i]!, result), "", `use ${i + 1} of ${group}`);
      }
    });
  }

  await t.step("globals, and members with their numbers of arguments", async () => {
    const outcome = await sandbox.run(
      job(SOURCE, {
        language: "typescript",
        class_name: "TypedUses",
        params: { group: "shapes" },
      }),
    );
    const { globals, shapes } = onlyPost(outcome) as unknown as {
      globals: Members;
      shapes: Record<string, Members>;
    };
    const language = globalsDeclared((file) => file !== declared.types);
    const own = Object.keys(globals).filter((name) =>
      ![...language, "globalThis", "undefined"].includes(name)
    );
    assert.deepEqual(own.toSorted(), globalsDeclared());
    assert.deepEqual(
      language.filter((name) => !(name in globals)),
      missingIn(declared.types.text),
    );
    assert.deepEqual(declared.differences("SHAPES", shapes), UNDECLARED);
  });
  await t.step("the exports of vetted modules", async () => {
    const names = Object.keys(MODULES).map((name) => `${name}: Object.keys(${name})`);
    const source = `${IMPORTS.join("\n")}
export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.ctx.post("bot", { ${names.join(", ")} }); }
}`;
    const real = onlyPost(await sandbox.run(job(source)));
    for (const name of Object.keys(MODULES)) {
      const exported = declared.exportsOf(sourceIn(program, "modules.ts"), name);
      assert.deepEqual((real[name] as string[]).toSorted(), exported.toSorted(), name);
    }
  });

  await t.step("docs/bots.md names the globals", async () => {
    const page = await Deno.readTextFile(new URL("../../docs/bots.md", import.meta.url));
    const [, list] = /^JavaScript and TypeScript: the language, ([^]*?) and `import`/m.exec(page)!;
    const named = [...list!.matchAll(/`(\w+)[^`]*`/g)].map(([, name]) => name!);
    assert.deepEqual([...new Set(named), ...CLASSES_OF_VALUES].toSorted(), globalsDeclared());
  });

  await t.step("hooks, with the arguments of a real channel", async () => {
    await using table = await Table.open(sandbox, {
      bot: { inline_code: SOURCE, language: "typescript" },
      seats: 4,
      seed: "types",
    });
    await table.answer("host", attachBot, { bot: { inline_code: ECHO_BOT } });
    await table.settled();
    await table.answer("p1", postMessage, { body: "to everybody" });
    await table.answer("p1", postMessage, { body: "to one", to: ["p2"] });
    await table.answer("p2", leaveChannel);
    const out = [{ type: "kick", player_id: "p3" }, { type: "ban", player_id: "p4" }];
    await table.answer("host", updateChannel, { ops: out });
    await table.settled();
    const entries = await table.entries();
    const isCalled = ({ body }: { body: Record<string, unknown> }) => body.type === "called";
    const called = entries.filter(isCalled).map(({ body }) => body as unknown as Call);
    for (const { hook, args } of called) {
      assert.equal(declared.mistakeInCall("BotHooks", hook, args), "", hook);
    }
    assert.deepEqual([...new Set(called.map(({ hook }) => hook))].toSorted(), HOOKS.toSorted());
    const reasons = called.filter(({ hook }) => hook === "on_leave").map(({ args }) => args[1]);
    assert.deepEqual(reasons.toSorted(), LeaveReason.options.toSorted());

    const views = entries.flatMap(({ body }) => viewIn(body) ?? []);
    assert.deepEqual([views.length, views.filter((view) => "wrong" in view)], [5, []]);
    assert.equal(movesIgnored((await table.bot()).manifest), null);
  });

  await t.step("all that is declared is used", () => {
    assert.deepEqual(declared.unused(), []);
  });
  await sandbox.close();
});

interface Call {
  hook: string;
  args: unknown[];
}

type Members = Record<string, number | null>;
