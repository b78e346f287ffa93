/** `bots/bot.pyi` and the Python guest agree: the guest has what the stub declares, with these
 *  parameters, and nothing else; and pyright finds that results have their declared types. */
import assert from "node:assert/strict";
import ts from "typescript";
import type { Exchange, NetAnswer } from "../../src/domain/bot/evidence.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { filesOf } from "../../src/cli/bot/new_bot.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { templateIn } from "../../src/web/create/referee_templates.ts";
import { pythonComplaints } from "../support/typed_python.ts";
import { pythonInitJob } from "./python_job.ts";

type Parameter = [
  name: string,
  preset: string | null,
  kind: "positional" | "keyword" | "rest",
  type?: string | null,
];
interface Member {
  is: "method" | "property" | "field";
  takes?: Parameter[];
  returns: string;
}
interface Stub {
  functions: Record<string, Member>;
  classes: Record<string, Record<string, Member>>;
}

async function python(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("python3", { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const path = (name: string) => new URL(name, import.meta.url).pathname;
const STUB: Stub = JSON.parse(
  await python(path("stub_members.py"), path("../../bots/bot.pyi")),
);

/** What a class of the guest has, in the form of `stub_members.py`. */
const SHAPES = `
def function(f):
    code, preset = f.__code__, list(f.__defaults__ or ())
    count, named = code.co_argcount, code.co_kwonlyargcount
    presets = [None] * (count - len(preset)) + [repr(each) for each in preset]
    taken = [[name, given, "positional"] for name, given in zip(code.co_varnames[:count], presets)]
    for name in code.co_varnames[count:count + named]:
        taken.append([name, repr(f.__kwdefaults__[name]), "keyword"])
    rest = bool(code.co_flags & 4) + bool(code.co_flags & 8)
    for name in code.co_varnames[count + named:count + named + rest]:
        taken.append([name, None, "rest"])
    return taken[1:] if taken and taken[0][0] == "self" else taken

def shape(value):
    found = {}
    for name in dir(value):
        own = getattr(type(value), name, None)
        if name in dir(object) or name.startswith("_") and name not in DUNDERS:
            continue
        if isinstance(own, property):
            found[name] = {"is": "property"}
        elif callable(own):
            found[name] = {"is": "method", "takes": function(own)}
        else:
            found[name] = {"is": "field"}
    return found
`;
const DUNDERS = ["__await__", "__bool__", "__enter__", "__exit__", "__iter__"];

const fetched: NetAnswer = {
  ...{ kind: "fetched", url: "https://example.org/", status: 200, headers: [["date", "now"]] },
  body: btoa("{}"),
};
const certificate = {
  ...{ subject: "CN=example.org", issuer: "CN=Authority", serial_number: "01" },
  ...{ valid_from: "2026-01-01T00:00:00.000Z", valid_to: "2027-01-01T00:00:00.000Z" },
  ...{ subject_alt_names: ["example.org"], fingerprint_sha256: "sha256:00" },
  spki_sha256: "sha256:00",
};
const certified: NetAnswer[] = [
  { kind: "certified", verified: true, chain: [certificate] },
  { kind: "certified", verified: false, error: "it is not trusted", chain: [certificate] },
];

/** Runs lines in a hook that has `ctx`, and returns the state that they leave. */
async function inGuest(sandbox: Sandbox, lines: string, answers: NetAnswer[] = []) {
  const recorded = answers.map((answer): Exchange => ({
    request: { kind: "tls", host: "", port: 0 },
    answer,
  }));
  const outcome = await sandbox.run(
    pythonInitJob(`ctx = self.ctx\n${lines}`, {
      env: { API_KEY: "correct-horse/battery+staple" },
      players: [
        { player_id: "p1", display_name: "Ada", label: "ada" },
        { player_id: "p2", display_name: "Bob" },
      ],
    }),
    { recorded },
  );
  assert.ok(outcome.kind === "done", JSON.stringify(outcome));
  return outcome.state;
}

/** The members of a class of the stub, without what only checkers read. */
function declared(name: string): Record<string, { is: string; takes?: unknown[][] }> {
  return Object.fromEntries(
    Object.entries(STUB.classes[name]!).map(([member, { is, takes }]) => [
      member,
      { is, ...takes && is === "method" && { takes: takes.map(([...all]) => all.slice(0, 3)) } },
    ]),
  );
}

/** Calls with the fewest and with the most arguments, beside the member that each is of. */
const USES: [member: string, call: string][] = [
  ["BotContext.get_state", "ctx.get_state()"],
  ["BotContext.set_state", "ctx.set_state({'kept': [1, None, 'a']})"],
  ["BotContext.players", "ctx.players()"],
  ["BotContext.set_timer", "ctx.set_timer('soon', 1)"],
  ["BotContext.clear_timer", "ctx.clear_timer('soon')"],
  ["BotContext.post", "ctx.post('bot', 'text')"],
  ["BotContext.post", "ctx.post('control', {'a': 1}, ['p1'])"],
  ["BotContext.env", "dict.fromkeys(ctx.env, '')"],
  ["BotContext.workspace", "ctx.workspace"],
  ["BotContext.fetch", "ctx.fetch('https://example.org/')"],
  [
    "BotContext.fetch",
    "ctx.fetch('https://example.org/', 'POST', {'a': 'b'}, None, json=[1], redirect='manual')",
  ],
  ["fetch", "fetch('https://example.org/')"],
  ["BotContext.tls_certificate", "ctx.tls_certificate('example.org')"],
  ["BotContext.tls_certificate", "ctx.tls_certificate('example.org', 443)"],
  ["BotContext.end", "ctx.end()"],
  ["BotContext.end", "ctx.end({'winner': 'p1'})"],
];
/** Those of the response to the first request. */
const OF_RESPONSE = Object.entries(STUB.classes.Response!)
  .filter(([name]) => !name.startsWith("__"))
  .map(([name, { is }]): [string, string] => [
    `Response.${name}`,
    `first.${name}${is === "method" ? "()" : ""}`,
  ]);

/** What an editor shows of these results, it shows of classes: pyright has no values of them. */
const BY_CLASS: Record<string, string[]> = {
  Done: ["Done"],
  Response: ["Response"],
  "Iterator[Any]": ["generator", "list_iterator"],
};

/** A stub has no source, which pyright would say. */
const NO_SOURCE = "  # pyright: ignore[reportMissingModuleSource]";

/** Sources of bots in Python, with the types that their authors may name. */
async function examples(): Promise<Record<string, string>> {
  const page = await Deno.readTextFile(path("../../docs/bots.md"));
  const [example] = [...page.matchAll(/^```python\n([^]*?)^```/gm)].map(([, code]) => code!);
  const sources = {
    "documented.py": example!,
    "echo.py": await Deno.readTextFile(path("../../bots/echo/echo_bot_python.py")),
    "referee.py": templateIn("python"),
  };
  const typed = Object.entries(sources).map(([name, source]) => {
    const text = source.replace("(self, ctx, params)", "(self, ctx: BotContext, params: dict)")
      .replaceAll("(self, msg)", "(self, msg: Message)");
    assert.ok(text.includes("BotContext"), name);
    return [name, `from bot import BotContext, Message${NO_SOURCE}\n${text}`];
  });
  const turns = filesOf("FourStones", "python")!;
  const service = filesOf("Notes", "python", "service")!;
  return {
    ...Object.fromEntries(typed),
    "four_stones.py": turns["four_stones.py"]!,
    "notes.py": service["notes.py"]!,
  };
}

Deno.test("bots/bot.pyi is what the Python guest has", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000, lateSpare: true });

  await t.step("members of ctx, of a response and of a call without a result", async () => {
    const lines = `DUNDERS = ${JSON.stringify(DUNDERS)}${SHAPES}
response = ctx.fetch("https://example.org/")
ctx.set_state({"BotContext": shape(ctx), "Response": shape(response), "Done": shape(ctx.end())})`;
    const found = await inGuest(sandbox, lines, [fetched]);
    const expected = {
      BotContext: declared("BotContext"),
      Response: declared("Response"),
      Done: declared("Done"),
    };
    // The guest says itself that a post needs a body.
    const [, body] = structuredClone(expected.BotContext.post!.takes!);
    assert.deepEqual(body, ["body", null, "positional"]);
    expected.BotContext.post!.takes![1]![1] = "None";
    assert.deepEqual(found, expected);
  });

  await t.step("built-in functions that no other Python has", async () => {
    const found = await inGuest(sandbox, "ctx.set_state(sorted(__builtins__))");
    const usual = JSON.parse(
      await python("-c", "import json; print(json.dumps(dir(__builtins__)))"),
    );
    assert.deepEqual(
      (found as string[]).filter((name) => !usual.includes(name)),
      Object.keys(STUB.functions),
    );
  });

  await t.step("what bot.d.ts declares by the same name has the same members", async () => {
    const text = await Deno.readTextFile(path("../../bots/bot.d.ts"));
    const { statements } = ts.createSourceFile("bot.d.ts", text, ts.ScriptTarget.ESNext, true);
    const interfaces = statements.filter(ts.isInterfaceDeclaration);
    for (const name of ["BotHooks", "Message", "BotManifest", "Moves"]) {
      const { members } = interfaces.find((each) => each.name.text === name)!;
      const found = members.filter((each) => !ts.isIndexSignatureDeclaration(each)).map((each) => {
        const words = each.getText().match(/"\w+"/g) ?? [];
        const isMethod = ts.isMethodSignature(each);
        const takes = isMethod ? each.parameters.map((of) => of.name.getText()) : [];
        return [each.name!.getText(), isMethod || !each.questionToken, takes, words];
      });
      const own = Object.entries(STUB.classes[name]!).map(
        ([member, { is, takes = [], returns }]) => {
          const types = [...takes.map(([, , , type]) => type ?? ""), returns].join();
          const words = (types.match(/'\w+'/g) ?? []).map((word) => word.replaceAll("'", '"'));
          const isThere = is === "method" || !returns.startsWith("NotRequired");
          return [member, isThere, takes.map(([each]) => each), words];
        },
      );
      assert.deepEqual(own, found, name);
    }
  });

  await t.step("results have their declared types, and examples keep to them", async () => {
    const uses = [...USES, ...OF_RESPONSE];
    const lines = `first, results = None, []
for use in [${uses.map(([, call]) => `lambda: ${call}`).join(", ")}]:
    result = use()
    if type(result).__name__ == "Response":
        first = first or result
    results.append([type(result).__name__, repr(result)])
ctx.set_state(results)`;
    const answers = [fetched, fetched, fetched, ...certified];
    const results = await inGuest(sandbox, lines, answers) as [string, string][];
    const declared = uses.map(([member]) => {
      const [name, of] = member.split(".");
      return (of ? STUB.classes[name!]![of] : STUB.functions[name!])!.returns;
    });
    const checked = results.map(([kind, value], i) => {
      const kinds = BY_CLASS[declared[i]!];
      if (!kinds) return `r${i}: ${declared[i]} = ${value}`;
      assert.ok(kinds.includes(kind), `${uses[i]![1]} is a ${kind}`);
      return "";
    });
    const imports = [
      "import datetime",
      "from collections.abc import Mapping, Sequence",
      "from datetime import timedelta",
      "from typing import Any",
      `from bot import CertificateChain, Player, Response${NO_SOURCE}`,
    ];
    const complaints = await pythonComplaints({
      "results.py": [...imports, ...checked].join("\n"),
      ...await examples(),
    });
    assert.deepEqual(complaints, []);
    const all = results.map(([, value]) => value).join();
    for (const name of ["Player", "CertificateChain", "Certificate"]) {
      for (const key of Object.keys(STUB.classes[name]!)) assert.ok(all.includes(`'${key}':`), key);
    }
    const members = [
      ...Object.keys(STUB.functions),
      ...Object.keys(STUB.classes.BotContext!).map((name) => `BotContext.${name}`),
    ];
    assert.deepEqual(members.filter((name) => !USES.some(([use]) => use === name)), []);
  });
  await sandbox.close();
});
