/** The two Workers of a verification. A page of the server names their addresses. `verify.html`
 *  carries their sources, because a page from disk may load no file. */
import type { Order } from "./messages.ts";

declare global {
  /** Set in `verify.html` alone. */
  var verifierSources: { verify: string; guest: string } | undefined;
  /** https://www.w3.org/TR/trusted-types/, which TypeScript does not know yet. */
  var trustedTypes: {
    createPolicy(
      name: string,
      rules: { createScriptURL(url: string): string },
    ): { createScriptURL(url: string): string };
  } | undefined;
}

interface Workers {
  /** For `new Worker()` on this page. */
  verify: string;
  /** For the first Worker, which starts it. */
  guest: Order["guest"];
}

export function workersOf({ worker, guest }: DOMStringMap): Workers {
  const sources = globalThis.verifierSources;
  if (!sources) {
    return {
      verify: trusted(worker!),
      guest: new URL(guest!, location.href).href,
    };
  }
  const address = URL.createObjectURL(scriptOf(sources.verify));
  return { verify: trusted(address), guest: scriptOf(sources.guest) };
}

function scriptOf(source: string): Blob {
  return new Blob([source], { type: "text/javascript" });
}

/** The page's policy lets it start Workers with trusted addresses only. */
function trusted(url: string): string {
  const rules = { createScriptURL: (given: string) => given };
  const policy = globalThis.trustedTypes?.createPolicy("verifier", rules);
  return policy?.createScriptURL(url) ?? url;
}
