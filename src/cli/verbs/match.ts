/** `mcpmp match`: finds somebody to play with, and waits for it. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure } from "../session/exit_codes.ts";
import { styled } from "../session/output.ts";
import { withProgress } from "../session/progress.ts";
import type { Answer } from "../session/session.ts";
import { jsonObject, waitMs } from "../session/values.ts";
import { showSeat } from "./shown/seat.ts";

interface Options {
  params?: string;
  rated?: boolean;
  name?: string;
  challenge?: string | true;
  ticket?: string;
  cancel?: boolean;
  now?: boolean;
}

const LATER = "Nobody yet. Go on with mcpmp match --ticket, or give up with --cancel.";

export function addMatch(program: Command): void {
  program.command("match")
    .description("play against a stranger, or against a friend by a challenge")
    .argument("[game]", "such as GuessBot")
    .option("--params <json>", "parameters of the game")
    .option("--rated", "only a game that counts on a ladder")
    .option("-n, --name <name>", "your name for others")
    .option("--challenge [code]", "make a code for a friend, or take a friend's")
    .option("--ticket <ticket>", "go on waiting with a ticket of before")
    .option("--cancel", "give up the ticket")
    .option("--now", "do not wait: print the ticket")
    .action(async (game: string | undefined, options: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const { params, rated, name, challenge, ticket, cancel, now } = options;
      if (game === undefined && ticket === undefined && typeof challenge !== "string") {
        throw new Failure(EXIT.usage, "Which game? For example: mcpmp match GuessBot");
      }
      const first = await session.call("find_match", {
        timeout_ms: 0,
        ...game !== undefined && { bot_preset: game },
        ...params !== undefined && { params: jsonObject(params, "--params") },
        ...rated && { rated },
        ...name !== undefined && { display_name: name },
        ...challenge !== undefined && { challenge: challenge === true ? "new" : challenge },
        ...ticket !== undefined && { ticket },
        ...cancel && { cancel },
      });
      const isWaiting = ({ status }: Answer) => status === "waiting";
      if (isWaiting(first)) {
        out.note(styled("dim", `Your ticket: ${first.ticket}`));
        if (first.challenge) out.note("Give your friend the challenge: ", first.challenge);
      }
      const wait_ms = waitMs(true);
      const matched = !isWaiting(first) || now ? first : await withProgress(
        out,
        "Waiting for somebody to play with …",
        async () => {
          let answer = first;
          while (isWaiting(answer)) {
            const input = { ticket: first.ticket, timeout_ms: wait_ms };
            answer = await session.call("find_match", input, { waitMs: wait_ms });
          }
          return answer;
        },
      );
      const isSeated = matched.status === "matched";
      if (isSeated) await session.keepChannel(matched.channel_id, matched.rejoin_token);
      const isFine = isSeated || isWaiting(matched) || cancel && matched.status === "cancelled";
      if (!isFine) {
        if (!out.json) out.line(`The ticket is ${matched.status}.`);
        throw new Failure(EXIT.refused, "You were not paired. Try again.", "REFUSED", matched);
      }
      if (out.json) out.document(matched);
      else if (isSeated) showSeat(out, matched);
      else out.line(isWaiting(matched) ? LATER : `The ticket is ${matched.status}.`);
    });
}
