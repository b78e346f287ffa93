/** The recorded network traffic of bots, in the form in which a replay answers their requests. */
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

/** Checks that each body of the evidence hashes to its name, and that the file holds each body that
 *  an entry names. */
export function checkEvidence({ entries, evidence }: ChannelExport): string {
  for (const [hash, base64] of Object.entries(evidence)) {
    const bytes = decoded(base64);
    if (!bytes || hashText(bytes) !== hash) {
      const { id } = entries.find(({ body }) => JSON.stringify(body ?? null).includes(hash)) ?? {};
      throw new Wrong(
        "A recorded body of a network request or answer does not match its hash: it was changed.",
        id,
      );
    }
  }
  let count = 0;
  for (const entry of entries) {
    for (const hash of bodyHashesIn(botEvidence.in(entry)?.exchanges ?? [])) {
      if (evidence[hash] === undefined) {
        throw new Wrong(`The file lacks the recorded body ${hash}.`, entry.id);
      }
      count++;
    }
  }
  return `recorded bodies: ${count}; each matches its hash`;
}

/** The full exchange behind an announced one; undefined where a part is withheld or cut. Bots with
 *  sealed values are not replayed, so a text here that looks like a placeholder for a sealed value
 *  is literally what the bot sent. */
export function exchangeFrom(
  announced: AnnouncedExchange,
  evidence: ChannelExport["evidence"],
): Exchange | undefined {
  if ("cut" in announced) return undefined;
  const request = requestFrom(announced.request, evidence);
  const answer = answerFrom(announced.answer, evidence);
  return request && answer && { request, answer };
}

function requestFrom(
  announced: WholeExchange["request"],
  evidence: ChannelExport["evidence"],
): NetRequest | undefined {
  if (announced.kind === "tls") return NetRequest.safeParse(announced).data;
  const { body_hash, body_bytes: _, ...open } = announced;
  const body = body_hash === undefined ? null : evidence[body_hash];
  return NetRequest.safeParse({ ...open, body }).data;
}

function answerFrom(
  announced: WholeExchange["answer"],
  evidence: ChannelExport["evidence"],
): NetAnswer | undefined {
  if (announced.kind === "failed") return NetAnswer.safeParse(announced).data;
  const { body_hash, body_bytes: _, ...open } = announced;
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
