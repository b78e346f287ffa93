/** The pages of a channel: the channel itself, and the source of a referee. */
import { listing } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { sceneParts } from "./parts/scene.tsx";
import type { Scene } from "./parts/scene_data.ts";

/** `events` is the address from which the page's script is told what happens, `refused` why what
 *  the player has just sent had no effect. */
export function channelPage(scene: Scene, events: string, refused?: string): Html {
  const { seat, address } = scene;
  return (
    <>
      {refused !== undefined && (
        <div class="problem" role="alert">
          <p>{refused}</p>
          <p>
            Try again below, or <a href={address}>look at the channel again</a>.
          </p>
        </div>
      )}
      <div
        id="channel"
        data-events={events}
        data-player={seat?.player_id}
        data-proof={seat?.proof}
      >
        {sceneParts(scene)}
      </div>
    </>
  );
}

export function sourcePage(source: string, codeHash: string, back: string): Html {
  return (
    <>
      <p>
        This is the exact source that the channel announced. Its SHA-256 is <code>{codeHash}</code>.
      </p>
      <p>
        <a href={back}>Back to the channel</a>
      </p>
      {listing(source)}
    </>
  );
}
