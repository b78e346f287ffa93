/** `docs/reference/operations.md`: what each operation takes, answers and refuses. */
import * as z from "zod";
import { BotDef } from "../../src/domain/bot/bot.ts";
import { BotView, ChannelView } from "../../src/domain/channel/view.ts";
import { Message } from "../../src/domain/channel/visibility.ts";
import { NEEDS } from "../../src/http/openapi/openapi.ts";
import { OPERATIONS } from "../../src/operations/all.ts";
import { CalledOutput } from "../../src/operations/called_answer.ts";
import { Receipt } from "../../src/operations/fields.ts";
import { neededScope, type Operation } from "../../src/operations/operation.ts";
import { OF_ANY_CALL, refusalsOf } from "../../src/operations/refusals.ts";
import { SeatedOutput } from "../../src/operations/seated_answer.ts";
import {
  plain,
  type Row,
  rowsOf,
  type Schema,
  schemaOf,
  shapeLink,
  table,
} from "./schema_words.ts";
import type { Told } from "./story.ts";

/** What several operations answer or take. Those of operations stand there. */
const SHAPES = new Map<z.ZodObject, string>([
  [ChannelView, "Channel"],
  [BotView, "Bot"],
  [Message, "Message"],
  [Receipt, "Receipt"],
  [BotDef, "BotDef"],
  [CalledOutput, "wait_for_turn"],
  [SeatedOutput, "join_channel"],
]);
const OWN_PLACE = [...SHAPES].filter(([, name]) => /^[A-Z]/.test(name));

const EFFECTS = {
  reads: "changes nothing",
  writes: "adds something",
  destroys: "may take something away",
};

export function operationsPage(told: ReadonlyMap<string, Told>): string {
  const list = table(
    ["operation", "does", "scope"],
    OPERATIONS.map((operation) => [
      `[\`${operation.name}\`](#${operation.name})`,
      operation.title,
      `\`${neededScope(operation)}\``,
    ]),
  );
  return `# Operations

Each operation is a tool of MCP and a [route of REST](rest.md). Every call may also be refused with
${codes(OF_ANY_CALL)}: [errors](errors.md). Arguments that are marked with \`*\` are not in the list
of tools, but every call takes them. The answers come from real calls; \`…\` stands for what was left
out of them.

${list}

${OPERATIONS.map((operation) => section(operation, told.get(operation.name)!)).join("\n\n")}

## Shapes

${OWN_PLACE.map(([shape, name]) => shapeSection(shape, name)).join("\n\n")}
`;
}

function section(operation: Operation, { input, answer }: Told): string {
  const { name, aliases = [], title, description, effects, needs, unlisted } = operation;
  const own = refusalsOf(operation).filter((code) => !OF_ANY_CALL.includes(code));
  const facts = [
    `- ${title}: ${EFFECTS[effects]}. The access token needs the scope \`${
      neededScope(operation)
    }\`${neededScope(operation) === "watch" ? " or `play`" : ""}.`,
    ...needs ? [`- ${NEEDS[needs]}`] : [],
    ...aliases.length > 0 ? [`- Also called ${codes(aliases)}.`] : [],
    ...unlisted ? ["- Not in the list of tools."] : [],
    ...own.length > 0 ? [`- Refuses with ${codes(own)}.`] : [],
  ];
  return `## ${name}

${plain(description)}

${facts.join("\n")}

${inputTable(operation)}

${answerTable(operation.output)}

A call:

\`\`\`json
${JSON.stringify(shortened(input))}
\`\`\`

Its answer:

\`\`\`json
${JSON.stringify(shortened(answer, WHOLE.includes(name) ? UNLIKE : LEFT_OUT))}
\`\`\``;
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function inputTable({ input }: Operation): string {
  const rows = rowsOf(withoutOperations(schemaOf(input, "input", SHAPES)));
  if (rows.length === 0) return "It takes no arguments.";
  return table(
    ["argument", "type", "default", ""],
    rows.map((row) => [
      `\`${row.path}\`${row.isRare ? " *" : ""}`,
      row.type,
      row.isRequired ? "required" : row.preset,
      row.text,
    ]),
  );
}

/** The operations of \`update_channel\` have a page. */
function withoutOperations(schema: Schema): Schema {
  const { properties = {} } = schema;
  if (!properties.ops) return schema;
  const { items: _, ...ops } = properties.ops;
  const about = `${ops.about} [Each operation](update_channel.md) has its own members.`;
  return { ...schema, properties: { ...properties, ops: { ...ops, about } } };
}

function answerTable(output: z.ZodObject): string {
  const schema = schemaOf(output, "output", SHAPES);
  const rows = memberTable(rowsOf(schema));
  if (schema.base === undefined) return rows;
  return `${WITH_BASE[schema.base]!.replace("%", shapeLink(schema.base))}\n\n${rows}`;
}

/** Their answers are about the shapes that others leave out. */
const WHOLE = ["get_channel_info", "list_bots", "verify_channel"];

/** When an answer has what another operation answers. */
const WITH_BASE: Record<string, string> = {
  wait_for_turn: "A call with `wait_ms` also gets what % answers.",
  join_channel: "A `matched` one also gets what % answers.",
};

function memberTable(rows: Row[]): string {
  return table(
    ["answer", "type", ""],
    rows.map(({ path, type, isRequired, preset, text }) => [
      `\`${path}\`${isRequired || preset ? "" : "?"}`,
      type,
      text,
    ]),
  );
}

function shapeSection(shape: z.ZodObject, name: string): string {
  const isInput = shape === BotDef;
  const schema = schemaOf(shape, isInput ? "input" : "output", SHAPES);
  const { description } = schema;
  const rows = rowsOf(schema);
  const members = isInput
    ? table(
      ["member", "type", ""],
      rows.map(({ path, type, text, isRare }) => [
        `\`${path}\`${isRare ? " *" : ""}`,
        type,
        text,
      ]),
    )
    : memberTable(rows).replace("| answer |", "| member |");
  return `### ${name}

${description ? `${plain(description)}\n\n` : ""}${members}`;
}

const LONGEST = 72;
const MOST_ITEMS = 3;
/** Members that have a shape of their own, and what no two runs have alike. */
const LEFT_OUT = ["view", "bots", "checks"];
const UNLIKE = ["ms"];

/** A call or an answer as an example: without what would hide the rest. */
function shortened(value: unknown, leftOut = LEFT_OUT): unknown {
  if (typeof value === "string") {
    const same = value.replace(/^(ticket_).*/, "$1…").replace(/^sha256:(.{8}).*/, "sha256:$1…");
    return same.length > LONGEST ? `${same.slice(0, LONGEST)}…` : same;
  }
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => shortened(item, UNLIKE));
    return value.length > MOST_ITEMS ? [...items, "…"] : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      leftOut.includes(name) ? "…" : shortened(member, UNLIKE),
    ]),
  );
}
