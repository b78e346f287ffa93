/** The form by which a browser takes the seat of an invite. */
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Html } from "../frame/page.tsx";
import { marks } from "./parts/seat.tsx";
import type { FormMarks } from "./parts/scene_data.ts";

/** `action` is the address of the invite, if it is not that of the page. */
export function takeSeatForm(form: FormMarks, button: string, action?: string): Html {
  return (
    <form method="post" action={action}>
      {marks(form)}
      <p class="actions">
        <label>
          Your name{" "}
          <input
            name="name"
            maxlength={CHANNEL_LIMITS.displayNameChars}
            autocomplete="nickname"
          />
        </label>
        <button type="submit" class="main">{button}</button>
      </p>
    </form>
  );
}
