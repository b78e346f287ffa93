/** The list of `ctx`'s members is complete, and the documentation for bot authors matches it. */
import assert from "node:assert/strict";
import { HookJob, HookOutcome } from "../../../src/domain/bot/bot.ts";
import {
  CONTEXT_MEMBERS,
  type ContextMember,
  contextMember,
} from "../../../src/domain/bot/context_members.ts";
import { NetRequest } from "../../../src/domain/bot/evidence.ts";

const NAMES = (Object.keys(CONTEXT_MEMBERS) as ContextMember[]).toSorted();
const EXPECTED = Object.fromEntries(NAMES.map((name) => [name, CONTEXT_MEMBERS[name].is]));
const read = (path: string) => Deno.readTextFile(new URL(`../../../${path}`, import.meta.url));

/** Fields of a job that determine which hook runs, with which input, time and seed. */
const OF_THE_CALL = [
  ...["source", "modules", "language", "class_name", "hook", "args", "params", "now_ms", "seed"],
];

const used = (fields: (name: ContextMember) => readonly string[]) =>
  [...new Set(NAMES.flatMap(fields))].toSorted();

Deno.test("every field of a job belongs to a call or to a member of ctx", () => {
  const members = used((name) => {
    const { given = [], checked = [] } = contextMember(name);
    return [...given, ...checked];
  });
  assert.deepEqual([...OF_THE_CALL, ...members].toSorted(), Object.keys(HookJob.shape).toSorted());
});

Deno.test("every field of an outcome comes from a member of ctx", () => {
  const done = HookOutcome.options.find(({ shape }) => shape.kind.value === "done")!;
  const { kind: _, ...fields } = done.shape;
  assert.deepEqual(
    used((name) => contextMember(name).leaves ?? []),
    Object.keys(fields).toSorted(),
  );
});

Deno.test("every kind of request to the network comes from a member of ctx", () => {
  const kinds = NetRequest.options.map(({ shape }) => shape.kind.value);
  const asked = used((name) => {
    const { asks } = contextMember(name);
    return asks ? [asks] : [];
  });
  assert.deepEqual(asked, kinds.toSorted());
});

Deno.test("bots/bot.d.ts declares the members of ctx, and no other", async () => {
  const [, body] = /\ninterface BotContext \{\n([\s\S]*?)\n\}/.exec(await read("bots/bot.d.ts"))!;
  const declared = [...body!.matchAll(/^ {2}(?:readonly )?(\w+)(?:<.*?>)?(\(|: typeof )?/gm)];
  assert.deepEqual(
    Object.fromEntries(declared.map(([, name, call]) => [name, call ? "method" : "property"])),
    EXPECTED,
  );
});

Deno.test("bots/bot.pyi declares the members of ctx, and no other", async () => {
  const [, body] = /\nclass BotContext:\n([\s\S]*?)\n(?=\S)/.exec(await read("bots/bot.pyi"))!;
  const declared = [...body!.matchAll(/^ {4}(@property\n {4})?def (\w+)\(/gm)];
  assert.deepEqual(
    Object.fromEntries(declared.map(([, is, name]) => [name, is ? "property" : "method"])),
    EXPECTED,
  );
});

Deno.test("docs/bots.md documents the members of ctx, and no other", async () => {
  const page = await read("docs/bots.md");
  const [, section] = /\n## What `ctx` gives\n([\s\S]*?)\n## /.exec(page)!;
  const firstCells = [...section!.matchAll(/^\| (`[^|]+`) +\|/gm)].map(([, cell]) => cell!);
  const documented = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)(\()?/g)]);
  assert.deepEqual(
    Object.fromEntries(documented.map(([, name, call]) => [name, call ? "method" : "property"])),
    EXPECTED,
  );
});
