/** Served as MCP tool `find_match` and as `POST /find_match`. */
import * as z from "zod";
import { DisplayName } from "../domain/channel/names.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { HTTP_LIMITS } from "../domain/limits/http.ts";
import { HashText } from "../kernel/hash.ts";
import { JsonObject } from "../kernel/json.ts";
import { WaitMs } from "./called_answer.ts";
import { operation } from "./operation.ts";
import { shortTicket, ticketAnswer, TicketOutput } from "./ticket_answer.ts";

/** The bound stands in no schema: the list of tools is read by models. */
const Pasted = z.string().refine((text) => text.length <= HTTP_LIMITS.pastedChars, {
  error: `must have at most ${HTTP_LIMITS.pastedChars} characters`,
});

export const findMatch = operation({
  name: "find_match",
  title: "Find a match",
  description: "Play a stranger or a friend in a sealed channel without a host.",
  effects: "writes",
  refusals: ["INVITE_INVALID", "NOT_MEMBER", "BOT_NOT_FOUND", "BOT_REJECTED"],
  untrusted: ["view", "bots"],
  input: z.object({
    bot_preset: z.string().max(80).optional().meta({
      description: "A game bot.",
      aka: "preset game bot referee builtin code_ref bot_ref preset_name name",
      examples: ["GuessBot"],
    }),
    code_hash: HashText.optional().meta({
      description: "Or the hash of a source that you may read.",
      form: "hash",
      aka: "hash source_hash",
      rare: true,
    }),
    params: JsonObject.optional().meta({
      about: "Parameters of the game. Players who wish for the same ones meet.",
      aka: "bot_params parameters config options settings game_params",
    }),
    any_params: z.boolean().default(false).meta({
      description: "Whether other params will do after half a minute.",
      aka: "any",
      rare: true,
    }),
    rated: z.boolean().default(false).meta({
      about: "Whether the game counts on its ladder.",
      aka: "ranked",
    }),
    display_name: DisplayName.optional().meta({
      about: "Your name in the channel.",
      aka: "player_name nickname username user_name",
      digits: true,
    }),
    timeout_ms: WaitMs.optional().meta({
      about: "How long to wait for somebody; 0 answers at once.",
      aka: "wait_ms timeout",
    }),
    ticket: Pasted.optional().meta({
      description: "To go on waiting.",
      form: "ticket",
      aka: "ticket_id",
    }),
    challenge: Pasted.optional().meta({
      description: '"new" makes a code for a friend; or a code.',
      form: "challenge",
      aka: "challenge_code code",
      yes: "new",
    }),
    cancel: z.boolean().default(false).meta({
      about: "Whether to give the search up.",
      aka: "give_up",
    }),
  }),
  output: TicketOutput,
  short: shortTicket,
  takesSecrets: true,
  waitsMs: timeoutIn,
  async run({ caller, services, signal, patienceMs }, input) {
    const { lobby } = services;
    const { ticket: id, bot_preset: preset, code_hash: codeHash, any_params: anyParams } = input;
    const { params, rated, display_name: displayName, challenge, cancel } = input;
    const wish = { preset, codeHash, params, anyParams, rated, displayName, challenge };
    if (cancel) {
      const ended = id === undefined
        ? await lobby.cancelWish(caller, wish)
        : await lobby.cancel(caller, id);
      return await ticketAnswer(caller, services, ended);
    }
    const ticket = id === undefined
      ? await lobby.seek(caller, wish, signal)
      : await lobby.look(caller, id);
    const wanted = timeoutIn(input);
    const timeoutMs = Math.min(wanted, patienceMs ?? wanted);
    return await ticketAnswer(caller, services, await lobby.wait(ticket, { timeoutMs, signal }));
  },
});

/** The code of a challenge has to be given to somebody before there is anybody to wait for. */
function timeoutIn(
  { timeout_ms = CHANNEL_LIMITS.syncDefaultTimeoutMs, challenge, ticket, cancel }: {
    timeout_ms?: number | undefined;
    challenge?: string | undefined;
    ticket?: string | undefined;
    cancel: boolean;
  },
): number {
  return cancel || challenge === "new" && ticket === undefined ? 0 : timeout_ms;
}
