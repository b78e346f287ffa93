/** The names of channels, players and slots, as everybody reads them. A player's name must not read
 *  like another speaker: sentences that quote names, by bots and by agents, would mislead. */
import { cleanName } from "../../kernel/clean_name.ts";
import { Text } from "../../kernel/json.ts";
import { asSeen } from "../../kernel/look_alike.ts";
import { CHANNEL_LIMITS } from "../limits/channel.ts";

/** A name has something that can be seen. */
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;
const clean = Text.overwrite(cleanName).refine((name) => SEEN.test(name), {
  error: "must have a character that can be seen",
});

export const ChannelName = clean.max(CHANNEL_LIMITS.nameChars);

export const DisplayName = clean.max(CHANNEL_LIMITS.displayNameChars).refine(
  (name) => !readsLikeAnotherSpeaker(name),
  {
    error: "must not read like a player's id (p1) or like the server, the host, a bot or " +
      'everyone. Choose another name, such as "Ada", or omit it',
  },
).refine((name) => !mixesAlphabets(name), {
  error: "must not mix alphabets in one word, because such a word can look like another one. " +
    "Write each word in one alphabet",
});

const NUMBER = String.raw`\p{Nd}+(?![\p{L}\p{Nd}])`;
const PLAYER = `p ?${NUMBER}`;
/** `host` is in the log the creator without a seat, and pages say "The host" and "An admin". */
const ROLE = "(?:(?:the|an?) )?(?:system|server|host|admin|referee|control|bots?|everyone|" +
  "spectators?)";
/** A player id, or a role of this server alone or as the speaker of a line: `p1`, `Ada (p1)`,
 *  `[system]`, `The host`, `Ada, P 1: I resign`, `bot:bot_GuessBot_0`; or what marks a spectator's
 *  name. */
const OTHER_SPEAKER = new RegExp(
  String
    .raw`^${PLAYER}|(?:^| )p${NUMBER}|^${ROLE}$| spectators?$|^bot [^ ]+ \p{Nd}+$|(?:^| )(?:${PLAYER}|${ROLE}) ?[:>]`,
  "u",
);

function readsLikeAnotherSpeaker(name: string): boolean {
  const folded = name.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  return OTHER_SPEAKER.test(asSeen(folded).replace(/[^\p{L}\p{Nd}:>]+/gu, " ").trim());
}

/** Alphabets with letters that look like each other's. */
const ALPHABETS = [
  /\p{sc=Latin}/u,
  /\p{sc=Greek}/u,
  /\p{sc=Cyrillic}/u,
  /\p{sc=Armenian}/u,
  /\p{sc=Cherokee}/u,
  /\p{sc=Coptic}/u,
  /\p{sc=Lisu}/u,
];

function mixesAlphabets(name: string): boolean {
  return name.split(/[^\p{L}\p{M}]+/u).some((word) =>
    ALPHABETS.filter((alphabet) => alphabet.test(word)).length > 1
  );
}

/** The name of a player who gives none: the slot's label, unless that is no name for a player. */
export function nameInSlot({ label, slot_id }: { label: string; slot_id: string }): string {
  return DisplayName.safeParse(label).success ? label : `seat ${slot_id}`;
}
