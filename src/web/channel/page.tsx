/** The pages of a channel: the channel itself, and the source of a referee. */
import { listing } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { type Scene, sceneParts } from "./parts/scene.tsx";

/** `events` is the address from which the page's script is told what happens. */
export function channelPage(scene: Scene, events: string): Html {
  return <div id="channel" data-events={events}>{sceneParts(scene)}</div>;
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
