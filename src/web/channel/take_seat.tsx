/** The form by which a browser takes the seat of an invite. */
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Html } from "../frame/page.tsx";
import { marks } from "./parts/seat.tsx";
import type { FormMarks } from "./parts/scene_data.ts";
import { kept, type Written } from "./parts/written.ts";

/** `action` is the address of the invite, if it is not that of the page. */
export function takeSeatForm(
  form: FormMarks,
  button: string,
  { action, written }: { action?: string; written?: Written | undefined } = {},
): Html {
  return (
    <form method="post" action={action}>
      {marks(form)}
      <p class="actions">
        <label>
          Your name{" "}
          <input
            name="name"
            value={kept(written, "name")}
            maxlength={CHANNEL_LIMITS.displayNameChars}
            autocomplete="nickname"
          />
        </label>
        <button type="submit" class="main">{button}</button>
      </p>
    </form>
  );
}
