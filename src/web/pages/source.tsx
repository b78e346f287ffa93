/** The source of a built-in game's referee. */
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import { listing } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { gamePath } from "./games.tsx";
import { highlighted } from "./highlighted.tsx";

/** `address` is that of this page. A program that asks for it gets the source alone. */
export function sourcePage(
  { name, code_hash, language }: CataloguedBot,
  source: string,
  address: string,
): Html {
  return (
    <>
      <p>
        This is what decides{" "}
        <a href={gamePath(name)}>{name}</a>, to the last byte. Its SHA-256 is announced in every
        channel that plays it:
      </p>
      {listing(`${code_hash}\n`)}
      <p>Compute the hash yourself:</p>
      {listing(`curl -s ${address} | sha256sum\n`)}
      <p>
        <a href={`/new/referee?${new URLSearchParams({ from: name })}`}>
          Start a referee of your own from it
        </a>
      </p>
      <h2 id="source">Source</h2>
      {highlighted(source, language)}
    </>
  );
}
