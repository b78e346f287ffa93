/** The page that shows a new link, once. */
import { listing } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";

export function linkPage(link: string, back: string, isInvite: boolean): Html {
  return (
    <>
      <p>
        {isInvite
          ? "Whoever opens this link first may take the seat. It is shown only here, and the seat's earlier invite is void."
          : "Whoever has this link may watch. It is shown only here, and an earlier one is void."}
      </p>
      {listing(`${link}\n`)}
      <p class="actions">
        <a class="button main" href={back}>Back to the channel</a>
      </p>
    </>
  );
}
