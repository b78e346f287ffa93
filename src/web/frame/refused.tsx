/** A refusal in words for people. The server's own text is for programs and agents, and exact: it
 *  stands below. */
import type { RefusalCode } from "../../kernel/refusal.ts";
import type { Html } from "./page.tsx";

/** What a code means to a person. Texts of the other codes speak for themselves. */
const WORDS: Partial<Record<RefusalCode, string>> = {
  INVITE_INVALID:
    "This invite is not valid. It may have been replaced or withdrawn: ask for a new one.",
  REJOIN_TOKEN_INVALID: "This token gives no seat. It may have been replaced by a newer one.",
  SLOT_ALREADY_FILLED: "Somebody has taken this seat. Ask for an invite to another one.",
  CHANNEL_NOT_FOUND:
    "There is nothing here, or it is private. Open it in the browser that has a seat in it, or take " +
    "your seat back at /join.",
  NOT_MEMBER:
    "This browser has no seat here, or has lost it. With its token you take it back at /join.",
  SEAT_AMBIGUOUS: "You hold several seats here. Take the one that you mean by its token, at /join.",
  NOT_ADMIN: "Only those who run this channel may do that. Ask one of them.",
  BAD_OP: "That cannot be done here now.",
  INVALID_REQUEST: "Something in this is not right. Change it and try again.",
  CHANNEL_CLOSED: "This channel is closed. Nothing can be said or moved in it any more.",
  CHANNEL_SEALED:
    "This channel is sealed: nobody can change its rules, its players or its referee.",
  MUTED: "You are muted here for now, so nothing that you say is heard.",
  TOO_LARGE: "That is too much for one message. Make it shorter.",
  RATE_LIMIT:
    "That is too much at once, from you or from everybody here. Wait a little, then try again.",
  TIMEOUT: "That took too long. Try again.",
  UNAVAILABLE: "This is not possible at the moment. Try again in a while.",
};

export function refusedWords({ code, text }: { code: string; text: string }): Html {
  const words = Object.hasOwn(WORDS, code) ? WORDS[code as RefusalCode] : undefined;
  if (words === undefined) return <p>{text}</p>;
  return (
    <>
      <p>{words}</p>
      <p class="quiet">
        In the words for programs: <bdi>{text}</bdi>
      </p>
    </>
  );
}
