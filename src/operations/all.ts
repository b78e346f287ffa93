/** All operations, in the order in which clients see them. */
import { attachBot } from "./attach_bot.ts";
import { checkCommitment } from "./check_commitment.ts";
import { createChannel } from "./create_channel.ts";
import { debugBot } from "./debug_bot.ts";
import { exportChannel } from "./export_channel.ts";
import { findMatch } from "./find_match.ts";
import { getBotCode } from "./get_bot_code.ts";
import { getChannelInfo } from "./get_channel_info.ts";
import { getEvidence } from "./get_evidence.ts";
import { getProof } from "./get_proof.ts";
import { healthCheck } from "./health_check.ts";
import { joinChannel } from "./join_channel.ts";
import { leaderboard } from "./leaderboard.ts";
import { leaveChannel } from "./leave_channel.ts";
import { listBots } from "./list_bots.ts";
import { listChannels } from "./list_channels.ts";
import { makeCommitment } from "./make_commitment.ts";
import { makeGameMove } from "./make_game_move.ts";
import type { Operation } from "./operation.ts";
import { postMessage } from "./post_message.ts";
import { showBoard } from "./show_board.ts";
import { syncMessages } from "./sync_messages.ts";
import { updateChannel } from "./update_channel.ts";
import { verifyChannel } from "./verify_channel.ts";
import { waitForTurn } from "./wait_for_turn.ts";

export const OPERATIONS: readonly Operation[] = [
  createChannel,
  joinChannel,
  findMatch,
  postMessage,
  makeGameMove,
  waitForTurn,
  syncMessages,
  getChannelInfo,
  showBoard,
  getBotCode,
  getEvidence,
  getProof,
  exportChannel,
  verifyChannel,
  makeCommitment,
  checkCommitment,
  listBots,
  listChannels,
  leaderboard,
  attachBot,
  debugBot,
  updateChannel,
  leaveChannel,
  healthCheck,
];

/** Operations by name and alias. */
export const operationNamed: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.flatMap((op) => [op.name, ...(op.aliases ?? [])].map((name) => [name, op] as const)),
);
