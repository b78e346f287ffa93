/** The page of an error: the answer that a program gets, for a person. */
import type { Html } from "../frame/page.tsx";
import { refusedWords } from "../frame/refused.tsx";

/** `problem`: its code and its text for programs. `wait`: the seconds after which a further try can
 *  succeed; null if that is not known. */
export function problemPage(
  problem: { code: string; text: string },
  wait: string | null,
): Html {
  return (
    <>
      {refusedWords(problem)}
      {wait !== null && <p>Try again in {wait} {wait === "1" ? "second" : "seconds"}.</p>}
      <p class="actions">
        <a class="button main" href="/">Home</a>
      </p>
    </>
  );
}
