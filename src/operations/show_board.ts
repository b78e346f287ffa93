/** Served as MCP tool `show_board` and as `GET /show_board`. */
import * as z from "zod";
import { textOf } from "../domain/board/text_of.ts";
import { JsonObject } from "../kernel/json.ts";
import { accessOf, ChannelId, Next, RejoinToken } from "./fields.ts";
import { nextInChannel } from "./next_step.ts";
import { operation } from "./operation.ts";

export const showBoard = operation({
  name: "show_board",
  title: "The board",
  description: "Show a channel's board.",
  effects: "reads",
  needs: "reading",
  untrusted: ["board", "view", "players"],
  input: z.object({ channel_id: ChannelId, rejoin_token: RejoinToken }),
  output: z.object({
    board: z.string().describe("The board as text."),
    view: JsonObject.describe("The same as data: what a bot posts in view."),
    players: z.record(z.string(), z.string()).describe("The names of the players, by their ids."),
    turn: z.array(z.string()).describe("The players for whom the referee waits."),
    over: z.boolean().describe("Whether the game is over, or the channel is closed."),
    you: z.string().nullable().describe("The player in your seat; null for a spectator."),
    move: z.object({
      game: z.string().describe("Its game."),
      action: z.string().describe("Its action."),
      answers: z.number().int().describe("The message that gave you the turn."),
    }).optional()
      .describe("Present on your turn: what make_game_move takes beside the value of a cell."),
    cursor: z.number().int().describe("The last message that the board can be made of."),
    next: Next,
  }),
  short: ({ view: _, cursor: __, ...rest }) => rest,
  async run({ caller, services }, input) {
    const { state, viewer, board, move } = await services.boards.seen(accessOf(caller, input));
    const { channel, head } = state;
    return {
      board: textOf(board.view),
      view: board.view as unknown as JsonObject,
      players: Object.fromEntries(
        channel.seats.map(({ player_id, display_name }) => [player_id, display_name]),
      ),
      turn: [...board.turn],
      over: board.over || channel.closed,
      you: viewer.seat?.player_id ?? null,
      ...move && { move },
      cursor: head.size,
      next: nextInChannel(services.reader.situation(state, viewer)),
    };
  },
});
