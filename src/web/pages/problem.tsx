/** The page of an error: the answer that a program gets, for a person. */
import type { Html } from "../frame/page.tsx";

/** `wait`: the seconds after which a further try can succeed; null if that is not known. */
export function problemPage(detail: string, wait: string | null): Html {
  return (
    <>
      <p>{detail}</p>
      {wait !== null && <p>Try again in {wait} {wait === "1" ? "second" : "seconds"}.</p>}
      <p class="actions">
        <a class="button main" href="/">Home</a>
      </p>
    </>
  );
}
