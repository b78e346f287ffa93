/** The `next` text of an answer, for a model that remembers only its last answer. It contains
 *  player ids, numbers, and names of games and actions of a safe form, never text that others
 *  wrote. */
import type { Situation } from "../channels/reading/reader.ts";
import type { CalledReading } from "../channels/reading/turn_waiter.ts";
import type { Bot } from "../domain/bot/bot.ts";
import {
  movesDoubted,
  movesIgnored,
  movesText,
  playsGame,
  quotedName,
} from "../domain/bot/moves.ts";
import { playersWanted } from "../domain/bot/params.ts";
import type { AwaitedRound } from "../domain/channel/beacon.ts";
import type { Channel } from "../domain/channel/channel.ts";
import { isGuest } from "../domain/channel/principal.ts";
import type { PostOnTurn, Turn } from "../domain/channel/turn.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import type { Standing } from "../domain/referee/standing.ts";

/** How to check a game, once there is nothing left to play. */
const PROOFS = "verify_channel checks the whole log, and export_channel gives a file with which " +
  "anyone can check it elsewhere.";
const CLOSED = `The channel is closed. ${PROOFS}`;

/** After sync_messages. */
export function nextAfterReading(
  situation: Situation,
  { cursor, received, more }: {
    cursor: number;
    /** How many messages the answer holds. */
    received: number;
    /** Whether more messages are available now. */
    more: boolean;
  },
): string {
  const { you, closed, turn } = situation;
  const again = `sync_messages with cursor ${cursor}`;
  const known = closed ? "" : standingText(situation);
  if (more) return sentences(`More messages are available: call ${again}.`, known);
  if (closed) return `The channel is closed: no more messages will come. ${PROOFS}`;
  if (received === 0) return sentences(inVainText(situation), `Call ${again}.`);
  if (known && you !== null && turn?.kind !== "over") {
    return sentences(known, `Then call ${again} to wait for new messages.`);
  }
  if (known || you === null) return sentences(known, `Call ${again} to wait for new messages.`);
  return `If a reply or a move is expected of you, make it. Then call ${again} to wait for new messages.`;
}

/** A post, as far as it may count for nothing. */
export interface PostedBefore {
  /** The game that a move is meant for. */
  game?: string | undefined;
  /** Whether no bot hears it. */
  unheard: boolean;
}

/** After a message or a move that did not wait. `cursor`: what its sender knew, if it has said so:
 *  messages before its post may be unread. */
export function nextAfterPosting(
  situation: Situation,
  { cursor, ...posted }: PostedBefore & { cursor?: number | undefined },
): string {
  const { turn, closed } = situation;
  // A repeated call gets the answer of the first one, perhaps much later.
  if (closed) return CLOSED;
  const isAwaited = turn?.kind === "yours" && turn.post?.answer === "awaited";
  return sentences(
    postedText(situation, posted),
    standingText(situation, isAwaited ? null : turn),
    isOver(situation)
      ? ""
      : cursor === undefined
      ? "Call wait_for_turn for the answers."
      : `Call wait_for_turn with cursor ${cursor} for the answers.`,
  );
}

/** After a call that waited until its caller was called. It is short, because an agent reads it at
 *  each turn. */
export function nextWhenCalled(reading: CalledReading, posted?: PostedBefore): string {
  const { why, situation, omitted, since } = reading;
  if (situation === null) {
    return "You were put out of this channel: only a new invite brings you back.";
  }
  const unseen = omitted === 0
    ? ""
    : `Read what is not shown here with sync_messages, cursor ${since}.`;
  const lost = posted ? postedText(situation, posted) : "";
  return sentences(lost, whenCalledText(why, reading, situation), unseen);
}

/** Why a post may count for nothing; "" when nothing speaks against it. */
function postedText(situation: Situation, { game, unheard }: PostedBefore): string {
  if (unheard) return "No bot here hears private messages: post a move to everyone.";
  return game === undefined ? "" : moveText(situation, game);
}

function whenCalledText(
  why: CalledReading["why"],
  { cursor, legal_moves, moves }: CalledReading,
  situation: Situation,
): string {
  const { turn } = situation;
  const again = `Call wait_for_turn with cursor ${cursor}`;
  const overAt = turn?.kind === "over" ? turn.msgId : null;
  switch (why) {
    case "your_turn": {
      const post = turn?.kind === "yours" ? turn.post : undefined;
      return sentences(
        turn?.kind === "yours" && post ? yourTurnText(turn.msgId, post, situation) : "",
        moves && legal_moves === undefined ? `Its moves: ${movesText(moves)}.` : "",
        `Play: make_game_move${moves ? "" : " or post_message"}, wait_ms ${LONGEST_WAIT}.`,
      );
    }
    case "addressed":
      return `A message is meant for you: answer it if it asks for that. Then ${lower(again)}.`;
    case "over":
      return sentences(
        `Message ${overAt} says that the game is over.`,
        PROOFS,
        rematchText(situation),
      );
    case "closed":
      return CLOSED;
    case "stuck":
      return sentences(standingText(situation), `Tell your user. ${again} to go on.`);
    case "timeout":
      return sentences(inVainText(situation), `${again}.`);
    case "removed":
      return "";
  }
}

/** What is to be known after a wait in vain: nothing, where others have the turn. */
function inVainText(situation: Situation): string {
  const { turn, game, you } = situation;
  const watches = you !== null && game?.plays === false;
  const isUsual = turn === null || turn.kind === "others";
  return isUsual && !watches
    ? sentences(claimText(situation), stoppedText(situation))
    : standingText(situation);
}

const LONGEST_WAIT = CHANNEL_LIMITS.syncTimeoutMs;

function lower(sentence: string): string {
  return sentence[0]!.toLowerCase() + sentence.slice(1);
}

/** After get_channel_info. */
export function nextInChannel(situation: Situation): string {
  const { you, closed } = situation;
  if (closed) return `The channel is closed. sync_messages still reads its messages. ${PROOFS}`;
  if (you === null) {
    const seat = "You hold no seat in this channel: call join_channel with an invite to take one.";
    return sentences(seat, standingText(situation));
  }
  const wait = isOver(situation) ? "" : "Call wait_for_turn to go on.";
  return sentences(`You are ${you}.`, standingText(situation), wait);
}

/** Whether nothing more will come of the game: no bot answers, and no rematch is to be had. */
function isOver({ turn, rematch }: Situation): boolean {
  return turn?.kind === "over" && turn.ended && rematch === null;
}

/** After join_channel; `how` says how to speak from the new seat. */
export function nextAfterJoining(situation: Situation, ...how: string[]): string {
  const { you, awaits, closed } = situation;
  // By a token, members come back to what they have played.
  if (closed) return sentences(`You are ${you}.`, CLOSED);
  return sentences(
    `You are ${you}.`,
    ...how,
    standingText({ ...situation, awaits: undefined }),
    isOver(situation) ? "" : "Call wait_for_turn: it answers with the rules when you are called.",
    "get_bot_code shows a referee's source.",
    awaits ? dice(awaits) : "",
  );
}

/** After create_channel. */
export function nextAfterCreating(channel: Channel, invites: number, botErrors: number): string {
  if (channel.closed) return CLOSED;
  if (botErrors > 0) {
    return "A bot was not attached, and bot_errors says why. Fix it and call attach_bot.";
  }
  return sentences(
    invites > 0
      ? "Give each player one invite. To play yourself, call join_channel with one of the invites."
      : 'The channel has no seat for a player: those are slots of the form "invite:<label>".',
    unrankedText(channel, channel.creator),
    freeSlotText(freeBotSlot(channel), channel.sealed, true),
    seatlessText(channel),
    ignoredText(channel.bots),
  );
}

export const UNRANKED = "Guests' games are not ranked: sign in for rated ones.";

/** What a guest has to know who makes a rated channel or sits down in one. */
export function unrankedText({ rated }: Channel, principal: string): string {
  return rated && isGuest(principal) ? UNRANKED : "";
}

/** After attach_bot. */
export function nextAfterAttaching(bot: Bot, channel: Channel): string {
  return sentences(
    "Call sync_messages to read the bot's first messages. Everyone in the channel can read its " +
      "source with get_bot_code. debug_bot with its bot_id shows what it prints, and its hooks.",
    seatlessText(channel),
    ignoredText([bot]),
  );
}

/** After a player's own operation of update_channel; null after others. */
export function nextAfterPlayersWord(
  { bots }: Channel,
  ops: readonly { type: string }[],
): string | null {
  const wait = "Call wait_for_turn.";
  switch (ops.at(-1)?.type) {
    case "claim":
      return `You claimed the game, and the referee says what follows. ${wait}`;
    case "rematch": {
      const isAwaited = bots.some(({ rematch_asked = [] }) => rematch_asked.length > 0);
      return isAwaited
        ? `You asked for a rematch, which begins when all of its players have. ${wait}`
        : `The next game has begun. ${wait}`;
    }
    default:
      return null;
  }
}

/** After update_channel. */
export function nextAfterChanging(channel: Channel, invites: number): string {
  const { deletion } = channel;
  if (deletion) {
    return `The channel is closed, and will be deleted at ${deletion.at}, or as soon as all players ` +
      `have agreed by the same operation. ${PROOFS}`;
  }
  if (channel.closed) return `All members see that the channel is closed. ${PROOFS}`;
  return sentences(
    invites > 0
      ? "Give each new invite to one player: the server returns invites only here. All members see the changes."
      : "All members see the changes. You see them with sync_messages.",
    freeSlotText(freeBotSlot(channel), channel.sealed, true),
    seatlessText(channel),
    ignoredText(channel.bots),
  );
}

/** The manifests whose moves are ignored or doubtful, and why. */
function ignoredText(bots: readonly Bot[]): string {
  return sentences(...bots.map(({ slot_id, manifest }) => {
    const ignored = movesIgnored(manifest);
    if (ignored !== null) {
      return `The moves in the manifest of the bot in slot ${slot_id} are ignored: ${ignored}.`;
    }
    const doubt = movesDoubted(manifest);
    return doubt === null
      ? ""
      : `A part of the moves in the manifest of the bot in slot ${slot_id} is ignored: ${doubt}.`;
  }));
}

/** Says which bot waits for more players than can sit here, by its own default. */
function seatlessText({ slots, bots, sealed }: Channel): string {
  const seats = slots.filter(({ kind }) => kind === "invite").length;
  return sentences(...bots.map(({ slot_id, ended, manifest, params }) => {
    const { players = 0 } = playersWanted({ manifest, params }) ?? {};
    if (ended || players <= seats) return "";
    // attach_bot would add a second referee.
    const mend = seats > 0 && !sealed
      ? `attach it with params {"players":${seats}} in its place, by update_channel with set_bot ` +
        `and slot_id "${slot_id}", or `
      : "";
    return `The bot in slot ${slot_id} waits for ${players} players, but the channel has ${seats} ` +
      `invite ${seats === 1 ? "slot" : "slots"}: ${mend}create a channel with more.`;
  }));
}

function freeBotSlot({ slots }: Channel): string | null {
  return slots.find(({ kind, filled_by }) => kind === "bot" && filled_by === null)?.slot_id ?? null;
}

function freeSlotText(slot: string | null, sealed: boolean, admin: boolean): string {
  if (slot === null) return "";
  const free = `Bot slot ${slot} has no bot yet, and until then it referees nothing:`;
  if (sealed) return `${free} the channel is sealed, so create another one with its bot.`;
  return admin
    ? `${free} attach one with attach_bot, for example bot { "code_ref": "builtin://GuessBot" }.`
    : `${free} an admin can attach one with attach_bot.`;
}

/** What is known of the turn, as far as it is `shown`, of the game and of those who answer; "" when
 *  nothing is. */
function standingText(situation: Situation, shown = situation.turn): string {
  const { you, turn, game } = situation;
  const stranger = you !== null && game?.plays === false && turn?.kind !== "yours";
  return sentences(
    shown ? turnText(shown, situation) : "",
    stranger
      ? `You do not play in this game (message ${game!.msgId}): ${game!.players.join(", ")} do.`
      : "",
    claimText(situation),
    stoppedText(situation),
  );
}

/** What a player can do who has waited long for others; "" for others. */
function claimText({ claim }: Situation): string {
  if (!claim) return "";
  const call = 'update_channel with ops [{"type":"claim"}]';
  return claim.may
    ? `They have been silent for long: you may claim the game by ${call}.`
    : `If they stay silent, you may claim the game from ${claim.from} on, by ${call}.`;
}

/** Why the bots do not answer now; "" when they do. */
function stoppedText(situation: Situation): string {
  const { turn, paused, failure, freeSlot, sealed, admin, awaits, botsWait } = situation;
  const isStuck = failure !== null && turn === null;
  return sentences(
    paused
      ? "The referee is paused, because its hooks had to be killed: it answers nobody until " +
        `${sealed ? "a player" : "an admin"} calls update_channel with resume_bot.`
      : isStuck
      ? `The referee has failed (message ${failure}) and has said nothing since` +
        (sealed ? "." : ": an admin can replace it with update_channel and set_bot.")
      : "",
    freeSlotText(freeSlot, sealed, admin),
    botsWait ? spent(botsWait) : awaits ? waiting(awaits) : "",
  );
}

/** Whether the bots here play other games, all of them: a move in this one leads to nothing. */
export function playsElsewhere({ moves, undeclared }: Situation, game: string): boolean {
  return undeclared === 0 && moves.length > 0 && !moves.some((each) => playsGame(each, game));
}

/** Why a move may count for nothing; "" when nothing speaks against it. */
function moveText(situation: Situation, game: string): string {
  const { bots, moves, undeclared, turn } = situation;
  if (turn?.kind === "over") return "";
  if (bots === 0) return "No bot referees this channel: only the players read your move.";
  if (moves.length === 0 || moves.some((each) => playsGame(each, game))) return "";
  const name = quotedName(game) ?? "that game";
  const played = moves.map(movesText).join("; or ");
  return undeclared === 0
    ? `No bot here plays ${name}: the referee plays ${played}.`
    : `No bot here says that it plays ${name}. One plays ${played}.`;
}

function turnText(turn: Turn, standing: Standing): string {
  const { msgId } = turn;
  const { you, moves, paused, rematch, matched } = standing;
  switch (turn.kind) {
    case "over":
      return sentences(
        `Message ${msgId} says that the game is over${
          turn.ended ? " for good: its referee answers nobody any more" : ""
        }. What was secret is in the referee's last messages.`,
        PROOFS,
        rematch
          ? rematchText(standing)
          : `For another game, call ${
            matched ? "find_match" : "create_channel with the same bot and slots"
          }${turn.ended ? "" : ", unless the referee says how to begin one here"}.`,
      );
    case "gone":
      return `Message ${msgId} gave the turn to ${turn.players.join(", ")}, who left: nobody can ` +
        "move until the referee goes on.";
    case "others":
      return `It is the turn of ${turn.players.join(", ")}${you === null ? "" : ": wait"}.`;
    case "yours":
      if (paused) return `Message ${msgId} gave you the turn.`;
      return sentences(
        yourTurnText(msgId, turn.post, standing),
        moves.length > 0 && turn.post?.answer !== "awaited"
          ? `Its moves: ${moves.map(movesText).join("; or ")}.`
          : "",
      );
  }
}

/** How to play the same game again, and who wants to; "" when nobody here may. */
function rematchText({ rematch, you, matched }: Standing): string {
  if (!rematch || you === null) return "";
  const { asked, missing } = rematch;
  const call = 'update_channel with ops [{"type":"rematch"}]';
  const others = asked.filter((player) => player !== you);
  if (!asked.includes(you)) {
    return sentences(
      others.length > 0
        ? `${others.join(" and ")} asked for a rematch: to play it, call ${call}.`
        : `For a rematch here, call ${call}: it begins when all of its players have.`,
      matched ? "For another opponent, call find_match." : "",
    );
  }
  return missing.length > 0
    ? `You asked for a rematch, which begins when ${
      missing.join(" and ")
    } asks, too: wait_for_turn ` +
      "tells you."
    : `Everyone left has asked for a rematch: call ${call} once more to begin it.`;
}

function yourTurnText(
  msgId: number,
  post: PostOnTurn | undefined,
  { sealed }: Standing,
): string {
  if (!post) return `It is your turn (message ${msgId}): act with make_game_move or post_message.`;
  const { id, answer } = post;
  const yours = `it is still your turn (message ${msgId})`;
  if (answer === "awaited") return `The referee has yet to answer your message ${id}.`;
  if (answer === "none") {
    return `Your last message (${id}) got no answer from the referee, and ${yours}. Make your move ` +
      "in the form that the referee asks for.";
  }
  switch (answer.kind) {
    case "refused":
      return `The referee refused your message ${id} (message ${answer.id} says why), and ${yours}.`;
    case "failed":
      return `The referee failed at your message ${id} (message ${answer.id}), so that had no ` +
        `effect, and ${yours}. Make your move in another form.` +
        (sealed
          ? ""
          : " If the referee fails again, an admin can replace it with update_channel and set_bot.");
    case "answered":
      return `Message ${msgId} gave you the turn, and the referee has answered your message ${id} ` +
        `(message ${answer.id}): if that was not your move, make it now.`;
  }
}

function waiting({ round, at }: AwaitedRound): string {
  return `Bots wait for round ${round} of public randomness, due at ${at}.`;
}

/** A player can check by this that the server can't have chosen the randomness. */
function dice({ round, at }: AwaitedRound): string {
  return `Bots wait for drand round ${round}, due at ${at}: ` +
    "if that time is still to come by your clock, nobody can have chosen the bots' randomness.";
}

function spent({ for_ms }: { for_ms: number }): string {
  const seconds = Math.ceil(for_ms / 1_000);
  return "This channel's bots have used up their time for now: " +
    `they will answer the waiting posts, in order, in about ${seconds} s at the earliest.`;
}

/** Those that are not empty, with a space between. */
function sentences(...all: string[]): string {
  return all.filter((each) => each !== "").join(" ");
}
