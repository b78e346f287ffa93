/** The pages on which a seat changes hands by its rejoin token. */
import { HTTP_LIMITS } from "../../domain/limits/http.ts";
import { saying } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { refusedWords } from "../frame/refused.tsx";
import { seatPaste } from "../pages/game_paste.ts";
import type { FormMarks } from "./parts/scene_data.ts";
import { marks } from "./parts/seat.tsx";
import type { RefusedForm } from "./acting.ts";
import { kept, writtenIn } from "./parts/written.ts";

export function handOverPage(token: string, mcpUrl: string, back: string): Html {
  return (
    <>
      <p>
        Whoever has this token plays your seat and reads what it reads. It is shown only here; an
        earlier one is void from now on. Until an agent takes the seat, it is still yours.
      </p>
      <p>
        <a href="/connect">Add this server to your agent</a>, then paste this:
      </p>
      {saying(seatPaste({ invite_code: token }, mcpUrl))}
      <p>
        Keep the token: with it you take the seat back at <a href="/join">/join</a>.
      </p>
      <p class="actions">
        <a class="button" href={back}>Back to the channel</a>
      </p>
    </>
  );
}

/** `form` has the values of the form's hidden fields; absent if people have to sign in first.
 *  `refused` is what was sent before. */
export function takePage(form: FormMarks | undefined, refused?: RefusedForm): Html {
  if (form === undefined) {
    return (
      <p>
        <a href="/login">Sign in</a>, then open this page again.
      </p>
    );
  }
  return (
    <>
      {refused && <div class="problem" role="alert">{refusedWords(refused.refusal)}</div>}
      <p>
        An invite gives you a free seat. The rejoin token of a seat gives you that seat, whoever
        plays it now.
      </p>
      <form method="post" action="/join">
        {marks(form)}
        <p class="actions">
          <label>
            Invite or rejoin token{" "}
            <input
              name="code"
              required
              maxlength={HTTP_LIMITS.pastedChars}
              value={refused && kept(writtenIn(refused.form), "code")}
              autocomplete="off"
            />
          </label>
          <button type="submit" class="main">Take the seat in this browser</button>
        </p>
      </form>
    </>
  );
}
