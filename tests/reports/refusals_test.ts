/** Refusals of arguments: each names the argument, what is wrong with it, and one right value. The
 *  test sends something wrong for each argument of each tool, inner ones included. */
import assert from "node:assert/strict";
import * as z from "zod";
import { OPERATIONS } from "../../src/operations/all.ts";
import {
  type ArgumentType,
  fieldsOf,
  isFreeObject,
  typeOf,
  variantsOf,
} from "../../src/operations/input/argument_type.ts";
import { rightValue } from "../../src/operations/input/right_value.ts";
import { Invocation } from "../../src/operations/perform.ts";
import type { Wire } from "../support/player.ts";
import { DOORS, openRoom } from "./door.ts";
import type { Report } from "./report.ts";

interface WrongReport extends Report {
  tool: string;
  sent: unknown;
  refused: RegExp;
}

const channel_id = "chn_AAAAAAAAAAAAAAAAAAAAAA";

const REPORTS: WrongReport[] = [
  {
    report: 1037,
    what: "a union says what it takes",
    tool: "post_message",
    sent: { channel_id, body: true },
    refused: /^INVALID_REQUEST: body: must be text or a JSON object, for example "text"/,
  },
  {
    what: "an unknown operation",
    tool: "update_channel",
    sent: { channel_id, ops: [{ type: "explode" }] },
    refused: /ops\.0: type must be one of "set_bot", .*"close", .*for example \{"type":"rename"/,
  },
  {
    what: "an operation without its field",
    tool: "update_channel",
    sent: { channel_id, ops: [{ type: "rename" }] },
    refused: /ops\.0\.name: is missing; it must be text, for example /,
  },
  {
    what: "what is missing",
    tool: "create_channel",
    sent: {},
    refused: /name: is missing; .*slots: is missing; it must be a list, for example \["bot:/,
  },
  {
    what: "an enumeration names its values",
    tool: "create_channel",
    sent: { name: "x", slots: ["invite:a"], visibility: "secret" },
    refused: /visibility: must be one of "private", "unlisted", "public", for example "private"/,
  },
  {
    what: "a number beyond its bounds",
    tool: "sync_messages",
    sent: { channel_id, timeout_ms: 60_000 },
    refused: /timeout_ms: must be a whole number from 0 to 45000, for example 1\./,
  },
  {
    what: "another kind of message",
    tool: "post_message",
    sent: { channel_id, body: "x", kind: "system" },
    refused: /kind: must be "user", for example "user"/,
  },
  {
    what: "a sealed value that is too short",
    tool: "attach_bot",
    sent: { channel_id, bot: { code_ref: "builtin://EchoBot", env: { API_KEY: "short" } } },
    refused: /bot\.env\.API_KEY: must have at least 16 characters, for example "sk-/,
  },
  {
    what: "text that is no arguments",
    tool: "health_check",
    sent: "hello",
    refused: /The arguments: must be a JSON object, for example \{\}/,
  },
];

Deno.test("refusals of arguments, through every door", async (t) => {
  await using room = await openRoom();
  for (const { what, tool, sent, refused } of REPORTS) {
    await t.step(what, async () => {
      for (const door of DOORS.filter((door) => door !== "GET")) {
        if (typeof sent === "string" && door !== "POST") continue; // clients send objects only
        const { refusal } = await room.call(door, tool, sent, {});
        assert.match(refusal ?? "answered", refused, door);
      }
    });
  }
  for (const { name, input } of OPERATIONS) {
    await t.step(`each argument of ${name}`, async () => {
      for (const { path, sent } of wrongs(typeOf(input))) {
        const { refusal } = await room.call("POST", name, sent, {});
        const what = `${name} ${JSON.stringify(sent)}: ${refusal}`;
        const [, wrong, example] =
          refusal!.match(/^INVALID_REQUEST: (.+?), for example (.+)\. Co/) ??
            assert.fail(what);
        assert.ok(wrong!.startsWith(`${path}: must be `), what);
        assert.doesNotMatch(refusal!, /Invalid input/, what);
        const mended = withAt(sent, path.split("."), JSON.parse(example!));
        const { parsed } = new Invocation(OPERATIONS.find((op) => op.name === name)!, mended);
        assert.equal(parsed.kind, "fits", `${what}\n${JSON.stringify(mended)}`);
      }
    });
  }
});

/** Right values of an object, each with another field wrong, inner ones too. */
function* wrongs(type: ArgumentType, at = ""): Generator<{ path: string; sent: Wire }> {
  const variants = variantsOf(type.schema);
  if (variants) {
    for (const option of variants.byValue.values()) yield* wrongs(typeOf(option), at);
    return;
  }
  const { schema } = type;
  if (schema instanceof z.ZodArray) {
    const item = typeOf(schema.element as z.ZodType);
    for (const { path, sent } of wrongs(item, `${at}0.`)) yield { path, sent: [sent] };
    return;
  }
  if (!(schema instanceof z.ZodObject)) return;
  const right = rightValue({ ...type, hints: {} }) as Wire;
  for (const [name, field] of fieldsOf(schema)) {
    const wrong = wrongFor(field);
    if (wrong !== undefined && !isKind(field)) {
      yield { path: `${at}${name}`, sent: { ...right, [name]: wrong } };
    }
    for (const { path, sent } of wrongs(field, `${at}${name}.`)) {
      yield { path, sent: { ...right, [name]: sent } };
    }
  }
}

/** A value that the type does not take; undefined if it takes any. */
function wrongFor(type: ArgumentType): unknown {
  const { schema } = type;
  if (schema instanceof z.ZodUnknown) return undefined;
  if (schema instanceof z.ZodArray || schema instanceof z.ZodObject || isFreeObject(type)) return 7;
  return [[1], 2];
}

/** Whether the field tells variants apart: without it there is no variant. */
function isKind({ schema }: ArgumentType): boolean {
  return schema instanceof z.ZodLiteral && schema.value !== "user";
}

function withAt(value: Wire, [step, ...rest]: string[], put: unknown): Wire {
  if (step === undefined) return put;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[step] = withAt(copy[step], rest, put);
  return copy;
}
