/** A bot's exchange with the network as the members of its channel read it: bodies as hashes,
 *  without anything that holds a sealed value. `domain/bot/evidence.ts` makes it from the exchange
 *  itself. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";

/** Replaces anything that holds a sealed value. */
export const SEALED = "[sealed]";

const kind = <K extends string>(name: K) => z.literal(name);
const headers = z.array(z.tuple([z.string(), z.string()]));
/** A body as its hash, or only as its length when it holds a sealed value. */
const bytes = {
  body_hash: HashText.optional(),
  body_bytes: z.number().int().min(0).optional(),
  withheld: z.literal(SEALED).optional(),
};
const Fetch = { kind: kind("fetch"), method: z.enum(["GET", "POST"]), url: z.string(), headers };
const Fetched = { kind: kind("fetched"), url: z.string(), status: z.number().int(), headers };
const Certified = {
  kind: kind("certified"),
  verified: z.boolean(),
  error: z.string().optional(),
};
const Failed = {
  kind: kind("failed"),
  reason: z.enum(["refused", "limit", "timeout", "unreachable"]),
  message: z.string(),
};

const WholeExchange = z.strictObject({
  request: z.discriminatedUnion("kind", [
    z.strictObject({ ...Fetch, ...bytes, redirect: z.enum(["manual", "error"]).optional() }),
    z.strictObject({ kind: kind("tls"), host: z.string(), port: z.number().int() }),
  ]),
  answer: z.discriminatedUnion("kind", [
    z.strictObject({ ...Fetched, ...bytes }),
    z.strictObject({ ...Certified, ...bytes }),
    z.strictObject(Failed),
  ]),
});
export type WholeExchange = z.infer<typeof WholeExchange>;

/** An exchange that was too long for an entry. */
const CutExchange = z.strictObject({
  request: z.strictObject({ kind: z.enum(["fetch", "tls"]) }),
  answer: z.strictObject({ kind: z.enum(["fetched", "certified", "failed"]) }),
  cut: z.literal(true),
});

export const AnnouncedExchange = z.union([WholeExchange, CutExchange]);
export type AnnouncedExchange = z.infer<typeof AnnouncedExchange>;

/** The hashes of the bodies that exchanges name, in order. */
export function bodyHashesIn(exchanges: readonly AnnouncedExchange[]): HashText[] {
  return exchanges.flatMap((exchange) => {
    if ("cut" in exchange) return [];
    const { request, answer } = exchange;
    const sent = request.kind === "tls" ? undefined : request.body_hash;
    const received = answer.kind === "failed" ? undefined : answer.body_hash;
    return [sent, received].filter((hash) => hash !== undefined);
  });
}
