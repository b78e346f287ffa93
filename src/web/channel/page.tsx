/** The pages of a channel: the channel itself, its replay, and the source of a referee. */
import type { Bot } from "../../domain/bot/bot.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Html } from "../frame/page.tsx";
import { refusedWords } from "../frame/refused.tsx";
import { highlighted } from "../pages/highlighted.tsx";
import { logPart, type Moment, positionPart } from "./parts/moment.tsx";
import { sceneParts } from "./parts/scene.tsx";
import type { Scene } from "./parts/scene_data.ts";

interface ChannelPage {
  /** Why what the player has just sent had no effect. */
  refused: Refusal | undefined;
  /** Whether its reader may read all of the log, and so have an export of it. */
  isWhole: boolean;
  /** Whether a seat is free for its reader. */
  offersSeat: boolean;
}

/** `events` is the address from which the page's script is told what happens. */
export function channelPage(
  scene: Scene,
  events: string,
  { refused, isWhole, offersSeat }: ChannelPage,
): Html {
  const { seat, address, query } = scene;
  return (
    <>
      {refused !== undefined && (
        <div class="problem" role="alert">
          {refusedWords(refused)}
          <p>
            Try again below, or <a href={address}>look at the channel again</a>.
          </p>
        </div>
      )}
      <div
        id="channel"
        data-events={events}
        data-first={scene.first}
        data-now={scene.now}
        data-powers={JSON.stringify(scene.powers)}
        data-player={seat?.player_id}
        data-proof={scene.marks?.proof}
        data-once={scene.marks?.once}
        data-written={scene.written && JSON.stringify(scene.written)}
      >
        {sceneParts(scene)}
      </div>
      <p class="actions">
        {offersSeat && <a class="button main" href={`${address}/join`}>Take a seat</a>}
        <a class="button" href={`${address}/replay${query}`}>Replay</a>
        {isWhole && verifyLink(scene)}
      </p>
    </>
  );
}

/** Leads to the page that verifies what there is of the channel. */
function verifyLink({ address, query }: Pick<Scene, "address" | "query">): Html {
  return <a class="button" href={`${address}/verify${query}`}>Verify the referee's work</a>;
}

/** `events` is the address from which the page's script gets further entries, `isWhole` as for the
 *  page of the channel. */
export function replayPage(moment: Moment, events: string, isWhole: boolean): Html {
  const { at, first, last, names, address, query } = moment;
  return (
    <>
      <div
        id="replay"
        data-events={events}
        data-at={at}
        data-first={first}
        data-last={last}
        data-names={JSON.stringify(names)}
      >
        <div class="scene">
          {positionPart(moment)}
          {logPart(moment)}
        </div>
      </div>
      <p>
        The address of this page is the link to this moment. Reload it to step to what has come
        since.
      </p>
      <p class="actions">
        <a class="button" href={`${address}${query}`}>Back to the channel</a>
        {isWhole && verifyLink(moment)}
      </p>
    </>
  );
}

/** `back` is the address of the channel. */
export function sourcePage(source: string, { code_hash, language }: Bot, back: string): Html {
  return (
    <>
      <p>
        This is the exact source that the channel announced. Its SHA-256 is{" "}
        <code>{code_hash}</code>.
      </p>
      <p>
        <a href={back}>Back to the channel</a>
      </p>
      {highlighted(source, language)}
    </>
  );
}
