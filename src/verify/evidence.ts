/** What bots were told by the network, as a replay gives it to them again. */
import * as z from "zod";
import { botEvidence } from "../domain/announcements/hooks.ts";
import {
  type AnnouncedExchange,
  bodyHashesIn,
  type WholeExchange,
} from "../domain/bot/announced_exchange.ts";
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { Certificate, type Exchange, NetAnswer, NetRequest } from "../domain/bot/evidence.ts";
import { hashText } from "../kernel/hash.ts";
import { Wrong } from "./model/wrong.ts";

/** Every body of the evidence hashes to its name, and every one that an entry names is there. */
export function checkEvidence({ entries, evidence }: ChannelExport): string {
  for (const [hash, base64] of Object.entries(evidence)) {
    const bytes = decoded(base64);
    if (!bytes || hashText(bytes) !== hash) {
      const { id } = entries.find(({ body }) => JSON.stringify(body ?? null).includes(hash)) ?? {};
      throw new Wrong("What a bot was told is not what was recorded: a body was changed.", id);
    }
  }
  let told = 0;
  for (const entry of entries) {
    for (const hash of bodyHashesIn(botEvidence.in(entry)?.exchanges ?? [])) {
      if (evidence[hash] === undefined) {
        throw new Wrong(`The body ${hash} that it names is missing.`, entry.id);
      }
      told++;
    }
  }
  return `${told} bodies, each as recorded`;
}

/** An exchange from what the channel was told of it; undefined where a part was withheld or cut. A
 *  bot that has sealed values is not run again, so that a text that looks like one left out is what
 *  the bot asked. */
export function exchangeFrom(
  told: AnnouncedExchange,
  evidence: ChannelExport["evidence"],
): Exchange | undefined {
  if ("cut" in told) return undefined;
  const request = requestFrom(told.request, evidence);
  const answer = answerFrom(told.answer, evidence);
  return request && answer && { request, answer };
}

function requestFrom(
  told: WholeExchange["request"],
  evidence: ChannelExport["evidence"],
): NetRequest | undefined {
  if (told.kind === "tls") return NetRequest.safeParse(told).data;
  const { body_hash, body_bytes: _, ...open } = told;
  const body = body_hash === undefined ? null : evidence[body_hash];
  return NetRequest.safeParse({ ...open, body }).data;
}

function answerFrom(
  told: WholeExchange["answer"],
  evidence: ChannelExport["evidence"],
): NetAnswer | undefined {
  if (told.kind === "failed") return NetAnswer.safeParse(told).data;
  const { body_hash, body_bytes: _, ...open } = told;
  const body = body_hash === undefined ? undefined : evidence[body_hash];
  if (body === undefined) return undefined;
  if (open.kind === "fetched") return NetAnswer.safeParse({ ...open, body }).data;
  const { data: chain } = z.array(Certificate).safeParse(jsonOf(body));
  return NetAnswer.safeParse({ ...open, chain }).data;
}

function jsonOf(base64: string): unknown {
  const bytes = decoded(base64);
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return undefined;
  }
}
