/** Parameters of bots against the schemas of their manifests. */
import assert from "node:assert/strict";
import { paramsForSeats, paramsOf } from "../../../src/domain/bot/params.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";
import type { Json, JsonObject } from "../../../src/kernel/json.ts";

const SCHEMA: JsonObject = {
  type: "object",
  properties: {
    players: { type: "integer", minimum: 1, maximum: 31, default: 2 },
    order: { enum: ["join", "random"], default: "join" },
    range: { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 2, default: [1, 9] },
    pot: { type: "number", exclusiveMinimum: 0, multipleOf: 0.1 },
    open: { type: "boolean" },
    title: { type: "string", minLength: 1, maxLength: 5 },
    note: { type: ["string", "null"] },
    house: { type: "object", properties: { rent: { type: "number", default: 3 } } },
    words: { type: "array", items: { type: "string" }, uniqueItems: true },
    extra: { type: "object" },
    seats: { type: "integer", minimum: 4, maximum: 4 },
    wild: {},
  },
};
const DEFAULTS = { players: 2, order: "join", range: [1, 9] };

function refusalOf(manifest: JsonObject, given: JsonObject): string {
  try {
    return `accepted: ${JSON.stringify(paramsOf(manifest, given))}`;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, "BOT_REJECTED");
    return error.text;
  }
}

Deno.test("paramsOf() fills in defaults and reads what is plainly meant", () => {
  const rows: [JsonObject, JsonObject][] = [
    [{}, {}],
    [{ players: null, open: "", range: null }, {}],
    [{ players: "4" }, { players: 4 }],
    [{ players: " 4.0 " }, { players: 4 }],
    [{ players: "1e1" }, { players: 10 }],
    [{ order: "Random" }, { order: "random" }],
    [{ range: "[3, 4]" }, { range: [3, 4] }],
    [{ range: ["3", 4] }, { range: [3, 4] }],
    [{ pot: 0.3 }, { pot: 0.3 }],
    [{ pot: "1.5" }, { pot: 1.5 }],
    [{ open: "TRUE" }, { open: true }],
    [{ open: false }, { open: false }],
    [{ title: "𝄞𝄞𝄞𝄞𝄞" }, { title: "𝄞𝄞𝄞𝄞𝄞" }],
    [{ title: "42" }, { title: "42" }],
    [{ note: null }, { note: null }],
    [{ note: "" }, { note: "" }],
    [{ house: {} }, { house: { rent: 3 } }],
    [{ house: '{"rent":"5"}' }, { house: { rent: 5 } }],
    [{ extra: { a: [1] } }, { extra: { a: [1] } }],
    [{ wild: [null] }, { wild: [null] }],
  ];
  for (const [given, expected] of rows) {
    const params = paramsOf({ params: SCHEMA }, given);
    assert.deepEqual(params, { ...DEFAULTS, ...expected }, JSON.stringify(given));
    assert.deepEqual(paramsOf({ params: SCHEMA }, params), params, "again");
  }
});

Deno.test("paramsOf() names the parameter, what is wrong, and a right value", () => {
  const rows: [JsonObject, RegExp][] = [
    [
      { players: "two" },
      /^Parameter players is "two", but must be a whole number from 1 to 31, for example 2\. /,
    ],
    [{ players: 0 }, /players is 0, but must be a whole number from 1 to 31/],
    [{ players: 32 }, /players is 32/],
    [{ players: 2.5 }, /players is 2\.5/],
    [{ players: 1e300 }, /players is 1e\+300/],
    [{ players: true }, /players is true/],
    [{ players: [2] }, /players is \[2\]/],
    [
      { order: "reverse" },
      /order is "reverse", but must be "join" or "random", for example "join"/,
    ],
    [
      { range: 10 },
      /range is 10, but must be a list of 2 items each a whole number, for example \[1,9\]/,
    ],
    [{ range: "1-10" }, /range is "1-10"/],
    [{ range: [1] }, /range is \[1\]/],
    [{ range: [1, "x"] }, /range\[1\] is "x", but must be a whole number/],
    [
      { pot: 0 },
      /pot is 0, but must be a number above 0 that is a multiple of 0\.1, for example 1\./,
    ],
    [{ pot: 0.25 }, /pot is 0\.25/],
    [{ pot: "1e999" }, /pot is "1e999"/],
    [{ open: "yes" }, /open is "yes", but must be true or false, for example true/],
    [{ title: "" }, /title is "", but must be a text of 1 to 5 characters/],
    [{ title: "longer" }, /title is "longer"/],
    [{ title: 5 }, /title is 5/],
    [{ seats: 3 }, /^Parameter seats is 3, but must be 4\. Correct it/],
    [{ house: { rent: "x" } }, /house\.rent is "x"/],
    [{ house: { rents: 4 } }, /house has no parameter "rents": did you mean rent\?/],
    [{ words: ["a", "a"] }, /words is \["a","a"\], but must be a list that all differ/],
    [
      { player: 2 },
      /^The bot has no parameter "player": did you mean players\? It takes players, /,
    ],
    [{ Range: [1, 2] }, /did you mean range\?/],
    [{ colour: 1 }, /no parameter "colour"\. It takes/],
    [{ ["x".repeat(500)]: 1 }, /no parameter "x{59}…/],
    [JSON.parse('{"__proto__":1}'), /no parameter "__proto__"/],
    [{ constructor: 1 }, /no parameter "constructor"/],
  ];
  for (const [given, text] of rows) {
    assert.match(refusalOf({ params: SCHEMA }, given), text, JSON.stringify(given));
  }
  const required = { type: "object", properties: { coin: { type: "string" } }, required: ["coin"] };
  assert.match(refusalOf({ params: required }, {}), /coin is missing: it must be a text/);
  const open = { ...SCHEMA, additionalProperties: true };
  assert.deepEqual(paramsOf({ params: open }, { colour: 1 }), { ...DEFAULTS, colour: 1 });
  const numbers = { ...SCHEMA, additionalProperties: { type: "number" } };
  assert.match(refusalOf({ params: numbers }, { colour: "red" }), /colour is "red"/);
});

Deno.test("paramsOf() takes params that are no schema for examples", () => {
  const rows: [JsonObject, JsonObject, JsonObject][] = [
    [{}, { a: 1 }, { a: 1 }],
    [{ params: { a: 1, b: [2] } }, { a: "x", c: 3 }, { a: "x", b: [2], c: 3 }],
    [{ params: { type: "chess" } }, {}, { type: "chess" }],
    [{ params: { type: "object" } }, {}, { type: "object" }],
    [{ params: { properties: { inn: 100 } } }, {}, { properties: { inn: 100 } }],
    [{ params: "none" }, { a: 1 }, { a: 1 }],
    [{ params: [1] }, {}, {}],
  ];
  for (const [manifest, given, expected] of rows) {
    assert.deepEqual(paramsOf(manifest, given), expected);
  }
});

Deno.test("paramsOf() refuses schemas that it can't check", () => {
  const rows: [JsonObject, RegExp][] = [
    [{ a: { type: "string", pattern: "^(a+)+$" } }, /properties\.a has the keyword "pattern"/],
    [{ a: { $ref: "#" } }, /keyword "\$ref"/],
    [{ a: { anyOf: [] } }, /keyword "anyOf"/],
    [{ a: { type: "int" } }, /properties\.a\.type must be one of string, number/],
    [{ a: { type: "integer", default: "x" } }, /The default of a .* does not fit/],
    [{ a: { minimum: "1" } }, /properties\.a\.minimum/],
    [{ a: { enum: [] } }, /properties\.a\.enum/],
    [{ a: 5 }, /properties\.a /],
  ];
  for (const [properties, text] of rows) {
    assert.match(refusalOf({ params: { type: "object", properties } }, {}), text);
  }
});

Deno.test("paramsForSeats() fills in players where the schema has no default", () => {
  const players = { type: "integer", minimum: 2, maximum: 7 };
  const table: [seats: number, property: Json, given: JsonObject, filled: JsonObject][] = [
    [3, players, {}, { players: 3 }],
    [12, players, {}, { players: 7 }],
    [1, players, {}, {}],
    [3, players, { players: 2 }, { players: 2 }],
    [3, { ...players, default: 2 }, {}, {}],
    [3, { type: "string" }, {}, {}],
  ];
  for (const [seats, property, params, filled] of table) {
    const manifest = { params: { type: "object", properties: { players: property } } };
    assert.deepEqual(paramsForSeats({ manifest, params }, seats), filled);
  }
});
