/** `verify.html`: the verifier as one file, which works from somebody's disk without a network. Its
 *  policy lets it run its own script and nothing else, and lets it load nothing. Equal parts give
 *  equal bytes. */
import { sha256, utf8ToBytes } from "../../kernel/hash.ts";
import { inlineScript } from "../frame/inline.ts";

interface Parts {
  /** The page's script, and the sources of its two Workers, bundled. */
  script: string;
  verify: string;
  guest: string;
  style: string;
  /** The product's mark, an SVG element. */
  mark: string;
}

/** Throws if the script could not stand in a page as it is. */
export function verifyHtml(
  { script, verify, guest, style, mark }: Parts,
): string {
  const sources = JSON.stringify({ verify, guest }).replaceAll("<", "\\u003c");
  const whole = inlineScript(`globalThis.verifierSources=${sources};\n${script}`);
  const policy =
    `default-src 'none'; script-src '${hashOf(whole)}' 'wasm-unsafe-eval'; worker-src blob:; ` +
    `style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Verify a game · MCP Multiplayer</title>
<style>${style}</style>
</head>
<body>
<header class="top"><span class="brand">${mark} MCP Multiplayer</span></header>
<main>
<h1>Verify a game</h1>
<p>Choose the export of a channel. Your browser checks every hash and signature of its log, and runs every move of its
referees again. This page needs no network, and may not use one.</p>
<div id="verify">
<p>If nothing else appears here, this browser runs no scripts, or is too old for the verifier.</p>
</div>
</main>
<script type="module">${whole}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${sha256(utf8ToBytes(text)).toBase64()}`;
}
