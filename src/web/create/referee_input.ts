/** What the form of an own referee says. */
import { BotLanguage } from "../../domain/bot/bot.ts";
import { isObject } from "../../domain/bot/params_schema.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { inviteSlots } from "../pages/channel_input.ts";
import { MOST_SEATS, type TableKind } from "./table_fields.tsx";
import { seatsWanted, tableInput } from "./table_input.ts";

/** A table with a referee that a person has written. */
export const OWN_TABLE: TableKind = {
  seats: { least: 1, most: MOST_SEATS, usual: 2 },
  referee: true,
};

interface RefereeInput {
  /** The bot as `prepare` and a try take it. */
  bot: { inline_code: string; language?: BotLanguage; params: JsonObject };
  seats: number;
  /** The input of `create_channel`. */
  input: JsonObject;
}

/** Throws INVALID_REQUEST. */
export function refereeIn(form: URLSearchParams): RefereeInput {
  const inline_code = sourceIn(form);
  if (inline_code.trim() === "") {
    throw new Refusal(
      "INVALID_REQUEST",
      "There is no source. Write one, or use an example to start from.",
    );
  }
  const language = BotLanguage.safeParse(form.get("language")).data;
  const params = paramsIn(form.get("params")?.trim() ?? "");
  const seats = seatsWanted(form, OWN_TABLE);
  return {
    bot: { inline_code, ...language && { language }, params },
    seats,
    input: {
      ...tableInput(form),
      slots: ["bot:referee", ...inviteSlots(seats)],
      bot_code: inline_code,
      ...language && { bot_language: language },
      bot_params: params,
    },
  };
}

/** The source as a person has written it: forms send other line ends. */
export function sourceIn(form: URLSearchParams): string {
  return (form.get("code") ?? "").replaceAll("\r\n", "\n");
}

function paramsIn(text: string): JsonObject {
  if (text === "") return {};
  try {
    const params = JSON.parse(text);
    if (isObject(params)) return params;
  } catch { /* told below */ }
  throw new Refusal(
    "INVALID_REQUEST",
    'Parameters must be a JSON object, for example {"players": 2}. Leave it empty for none.',
  );
}
