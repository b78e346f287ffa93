/** Posts a message or a move, and answers at once or once its sender is called. */
import * as z from "zod";
import type { Body } from "../domain/transcript/body.ts";
import type { Access } from "../domain/channel/seat.ts";
import { type Entry, isSpectator } from "../domain/transcript/transcript.ts";
import { calledAnswer, CalledOutput, isAtEnd, WaitCursor, WaitMs } from "./called_answer.ts";
import { accessOf, Receipt } from "./fields.ts";
import { nextAfterPosting, playsElsewhere } from "./next_step.ts";
import type { Call, Services } from "./operation.ts";

/** The arguments of a post that waits. */
export const WAITING = {
  wait_ms: WaitMs.optional().meta({
    description:
      "Wait for the bots' answers and then until you are called again, as wait_for_turn does.",
    aka: "timeout_ms wait timeout",
  }),
  cursor: WaitCursor,
};

/** A post that did not wait has the first three and `next`. */
export const PostedOutput = CalledOutput.partial().extend({
  msg_id: z.number().int().optional().describe("Absent for a spectator who can't see it yet."),
  ts: z.string().describe("When it was posted."),
  receipt: Receipt.optional(),
  next: CalledOutput.shape.next,
});

interface Wanted {
  channel_id: string;
  rejoin_token?: string | undefined;
  idempotency_key?: string | undefined;
  wait_ms?: number | undefined;
  cursor?: number | undefined;
}

/** Posts a message or a move for the caller. */
export async function post(
  { caller, services, signal, patienceMs }: Call,
  input: Wanted,
  message: {
    body: Body;
    to?: string[] | undefined;
    name?: string | undefined;
    move?: { game: string; action: string };
  },
): Promise<z.input<typeof PostedOutput>> {
  const { channels, reader, turnWaiter } = services;
  const { channel_id, cursor, wait_ms = 0 } = input;
  const timeoutMs = Math.min(wait_ms, patienceMs ?? wait_ms);
  const access = accessOf(caller, input);
  const posted = await channels.post(access, { ...message, key: input.idempotency_key });
  if (isSpectator(posted)) return await saidBySpectator(services, access, posted);
  const { id, ts } = posted;
  const answer = { msg_id: id, ts, receipt: receiptOf(services, posted) };
  const before = { game: message.move?.game, unheard: await reader.isUnheard(posted) };
  const situation = await reader.situationIn(channel_id, posted.sender);
  // Nobody would answer it.
  const isLost = before.game !== undefined && playsElsewhere(situation, before.game);
  if (timeoutMs === 0 || isLost) {
    return { ...answer, next: nextAfterPosting(situation, { ...before, cursor }) };
  }
  const request = { cursor: Math.min(cursor ?? id, id), posted };
  await turnWaiter.wait(access, request, { timeoutMs, signal });
  const reading = await turnWaiter.look(access, request);
  const called = calledAnswer(services, channel_id, reading, before);
  const receipt = isAtEnd(called) ? called.receipt : answer.receipt;
  return { ...answer, ...called, ...(receipt && { receipt }) };
}

/** A spectator who is behind learns no more of its own entry than of others. */
async function saidBySpectator(
  services: Services,
  access: Access,
  posted: Entry,
): Promise<z.input<typeof PostedOutput>> {
  const { state: { head: { size } } } = await services.channels.look(access);
  const { id, ts } = posted;
  return {
    ...id <= size && { msg_id: id, receipt: receiptOf(services, posted) },
    ts,
    next: `Members see it, and no bot hears it. Call sync_messages with cursor ${size} to go on.`,
  };
}

function receiptOf({ signer }: Services, entry: Entry): z.input<typeof Receipt> {
  const { id, hash, root } = entry;
  return { id, hash, root: `sha256:${root}`, checkpoint: signer.checkpointAt(entry) };
}
