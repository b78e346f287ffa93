/** The form that opens a table: what it is at first, and what it asks `create_channel` for. */
import type { BotCatalogue, CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import type { BotDef } from "../../domain/bot/bot.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { channelFor, inviteSlots } from "../pages/channel_input.ts";
import { readParams } from "./param_controls.ts";
import { newTable, type TableKind } from "./table_fields.tsx";
import { seatsWanted, tableInput } from "./table_input.ts";
import {
  chosenParams,
  declaredHosts,
  newForm,
  tableKind,
  TALK,
  TALK_TABLE,
} from "./table_page.tsx";

interface TableForm {
  /** Absent for a table without a referee. */
  game?: CataloguedBot;
  kind: TableKind;
  /** The form as it is at first. */
  blank(): URLSearchParams;
  /** The input of `create_channel`, and the bot in it. Throws INVALID_REQUEST. */
  read(form: URLSearchParams): { input: JsonObject; bot?: BotDef };
}

/** The table that a name of a game means. Throws BOT_NOT_FOUND. */
export async function tableNamed(
  catalogue: BotCatalogue,
  named: string,
  ladderOf: (game: CataloguedBot) => string | undefined,
): Promise<TableForm> {
  if (named === TALK) {
    const kind = TALK_TABLE;
    return {
      kind,
      blank: () => newTable("Talk", kind),
      read: (form) => ({
        input: { ...tableInput(form), slots: inviteSlots(seatsWanted(form, kind)) },
      }),
    };
  }
  const game = await catalogue.find(named);
  const kind = tableKind(game, ladderOf(game));
  return {
    game,
    kind,
    blank: () => newForm(game, kind),
    read(form) {
      const params = readParams(form, "p", chosenParams(game));
      const net = netWanted(form, game);
      const seats = seatsWanted(form, kind);
      const input = { ...channelFor(game, seats, params, net), ...tableInput(form) };
      const bot = {
        code_ref: game.name,
        params: input.bot_params ?? {},
        ...Object((input.bots as BotDef[] | undefined)?.[0]),
      };
      return { input, bot };
    },
  };
}

/** The hosts in the form, where they are others than the game declares. */
function netWanted(form: URLSearchParams, game: CataloguedBot): string[] | undefined {
  const declared = declaredHosts(game);
  const wanted = (form.get("net") ?? "").split(/\s+/).filter((host) => host !== "");
  const isSame = wanted.length === declared.length &&
    wanted.every((host, i) => host === declared[i]);
  return declared.length === 0 || isSame ? undefined : wanted;
}
