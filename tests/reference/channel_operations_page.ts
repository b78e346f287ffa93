/** `docs/reference/update_channel.md`: the operations of `update_channel`. */
import * as z from "zod";
import { CHANNEL_OPERATIONS } from "../../src/domain/referee/operations/all.ts";
import { applications } from "../../src/domain/announcements/operations.ts";
import { UpdateOp } from "../../src/operations/own_list.ts";
import { rowsOf, type Schema, schemaOf, table } from "./schema_words.ts";
import { BotDef } from "../../src/domain/bot/bot.ts";

const SHAPES = new Map<z.ZodObject, string>([[BotDef, "BotDef"]]);
const WHO = { admin: "an admin", player: "every player, and an admin" };

export function channelOperationsPage(): string {
  const options = UpdateOp.options as z.ZodObject[];
  return `# Operations of update_channel

[\`update_channel\`](operations.md#update_channel) takes a list of these in \`ops\`, and applies all
of them or none. Each one that is applied is an entry that all members see, named here; \`hide\` and
\`unhide\` are not. [Seats](../seats.md#powers) says what a sealed channel still allows, and why.

${options.map(section).join("\n\n")}
`;
}

function section(option: z.ZodObject): string {
  const type = (option.shape.type as z.ZodLiteral).value as string;
  const schema = schemaOf(option, "input", SHAPES);
  const { type: _, ...properties } = schema.properties!;
  const rows = rowsOf({ ...schema, properties } as Schema);
  const members = rows.length === 0 ? "" : table(
    ["member", "type", "default", ""],
    rows.map((row) => [
      `\`${row.path}\`${row.isRare ? " *" : ""}`,
      row.type.replace("(#", "(operations.md#"),
      row.isRequired ? "required" : row.preset,
      row.text,
    ]),
  );
  return [`## ${type}`, schema.description, facts(type), members].filter(Boolean).join("\n\n");
}

function facts(type: string): string {
  if (!(type in CHANNEL_OPERATIONS)) return "- By every member, for its own list.";
  const { open, sealed } = CHANNEL_OPERATIONS[type as keyof typeof CHANNEL_OPERATIONS];
  const inSealed = typeof sealed === "object" ? `nobody: "${sealed.refused}"` : `${WHO[sealed]}.`;
  return [
    `- By ${WHO[open]}.`,
    `- In a sealed channel by ${inSealed}`,
    ...type in applications ? [`- The entry is \`${type}_applied\`.`] : [],
  ].join("\n");
}
