/** Channels as a list on a page. Names are others' words: they stand alone in a direction of their
 *  own. */
import type { Listed } from "../../channels/reading/lister.ts";
import { isOpen } from "../../domain/channel/seat.ts";
import type { Html } from "../frame/page.tsx";

export function channelRows(channels: readonly Listed[]): Html {
  return (
    <ul class="cards">
      {channels.map(({ channel, freeSeats }) => (
        <li>
          {isOpen(channel)
            ? (
              <a href={channelPath(channel)}>
                <bdi>{channel.name}</bdi>
              </a>
            )
            : (
              <p>
                <b>
                  <bdi>{channel.name}</bdi>
                </b>
              </p>
            )}
          <p>{whoPlays(channel)}</p>
          <p class="quiet">
            {gameOf(channel)}, {seatsText(freeSeats)}
            {!isOpen(channel) && ", not for everybody to watch"}
          </p>
          {freeSeats > 0 && (
            <p>
              <a
                href={`${channelPath(channel)}/join`}
                aria-label={`Take a seat in ${channel.name}`}
              >
                Take a seat
              </a>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

type Channel = Listed["channel"];

export function channelPath({ channel_id }: Pick<Channel, "channel_id">): string {
  return `/channels/${channel_id}`;
}

/** "Alice and Bob", each name in its own direction. */
export function whoPlays({ seats }: Pick<Channel, "seats">): Html {
  if (seats.length === 0) return <>Nobody has taken a seat yet</>;
  const shown = seats.slice(0, MOST_NAMED);
  const others = seats.length - shown.length;
  return (
    <>
      {shown.map(({ display_name }, i) => (
        <>
          {i > 0 && (others === 0 && i === shown.length - 1 ? " and " : ", ")}
          <bdi>{display_name}</bdi>
        </>
      ))}
      {others > 0 && ` and ${others} more`}
    </>
  );
}
const MOST_NAMED = 8;

export function gameOf({ bots }: Pick<Channel, "bots">): Html {
  if (bots.length === 0) return <>no referee</>;
  return <bdi>{bots.map(({ name }) => name).join(", ")}</bdi>;
}

function seatsText(freeSeats: number): string {
  if (freeSeats === 0) return "no open seat";
  return freeSeats === 1 ? "1 open seat" : `${freeSeats} open seats`;
}
