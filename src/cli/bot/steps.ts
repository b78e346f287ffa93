/** The lines by which an author takes the steps of a game: in `mcpmp bot run` as they are typed, in
 *  `mcpmp bot test --script` from a file. */
import { Refusal } from "../../kernel/refusal.ts";
import { leaveChannel } from "../../operations/leave_channel.ts";
import { makeGameMove } from "../../operations/make_game_move.ts";
import { postMessage } from "../../operations/post_message.ts";
import type { Table } from "./table.ts";

/** A step that changes the game. `seat` counts from 1. */
export type Step =
  | { kind: "move"; seat: number; action: string; value?: unknown }
  | { kind: "say" | "leave"; seat: number; text: string }
  | { kind: "pass"; ms: number }
  | { kind: "timer" };

/** The step that a line says; undefined if it says none. */
export function stepIn(line: string): Step | undefined {
  const [, number, word = "", after = ""] = /^p?(\d{1,3})\s+(\S+)(.*)$/.exec(line.trim()) ?? [];
  if (number !== undefined) {
    const rest = after.trim();
    const seat = Number(number);
    if (word === "say" || word === "leave") return { kind: word, seat, text: rest };
    return { kind: "move", seat, action: word, ...(rest !== "" && { value: valueIn(rest) }) };
  }
  const [, seconds] = /^time\s+(\d{1,9})$/.exec(line.trim()) ?? [];
  if (seconds !== undefined) return { kind: "pass", ms: Number(seconds) * 1_000 };
  if (line.trim() === "timer") return { kind: "timer" };
  return undefined;
}

/** Takes a step, and waits until the bot rests. Throws a refusal. */
export async function takeStep(table: Table, step: Step): Promise<void> {
  switch (step.kind) {
    case "move": {
      const { game } = Object(Object((await table.bot()).manifest).moves);
      const { action, value } = step;
      await table.answer(playerIn(table, step), makeGameMove, {
        game: game ?? "game",
        action,
        ...(value !== undefined && { value }),
      });
      break;
    }
    case "say":
      await table.answer(playerIn(table, step), postMessage, { body: step.text });
      break;
    case "leave":
      await table.answer(playerIn(table, step), leaveChannel);
      break;
    case "pass":
      await table.pass(step.ms);
      break;
    case "timer":
      if (await table.advance() === undefined) {
        throw new Refusal(
          "BAD_OP",
          "No timer is set. Call ctx.set_timer(name, ms) in a hook to set one.",
        );
      }
  }
  await table.settled();
}

function playerIn({ seats }: Table, { seat }: { seat: number }): string {
  if (seat >= 1 && seat <= seats) return `p${seat}`;
  throw new Refusal(
    "BAD_OP",
    `There is no player ${seat}, for the game has ${seats} seats. Use --seats for more.`,
  );
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
