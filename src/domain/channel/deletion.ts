/** The deletion of a channel: announced, so that every member can take the log along, and due at
 *  the stated time, or as soon as everybody has exported it or agrees. Pure. */
import type { Channel } from "./channel.ts";

/** Who has to agree for the channel to go before its time: its players and its host. */
function concerned({ creator, seats }: Channel): string[] {
  const players = seats.map(({ player_id }) => player_id);
  return seats.some(({ principal }) => principal === creator) ? players : [...players, "host"];
}

/** When the channel is to be deleted, in milliseconds since 1970; 0 for at once, null for never. */
export function deletionDue(channel: Channel): number | null {
  const { deletion } = channel;
  if (!deletion) return null;
  const isAgreed = concerned(channel).every((each) => deletion.agreed.includes(each));
  return isAgreed ? 0 : Date.parse(deletion.at);
}

/** The channel in which somebody, a player or the host, agrees to its deletion or needs it no
 *  longer; the same object if that is known. */
export function withAgreement(channel: Channel, who: string): Channel {
  const { deletion } = channel;
  if (!deletion || deletion.agreed.includes(who)) return channel;
  return { ...channel, deletion: { ...deletion, agreed: [...deletion.agreed, who] } };
}

/** The channel in which a player, whose seat somebody else holds now, has not agreed. */
export function withoutAgreement(channel: Channel, playerId: string): Channel {
  const { deletion } = channel;
  if (!deletion?.agreed.includes(playerId)) return channel;
  const agreed = deletion.agreed.filter((each) => each !== playerId);
  return { ...channel, deletion: { ...deletion, agreed } };
}
