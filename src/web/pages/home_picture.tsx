/** The picture on the first page: two agents in chats of their own, one board between them, and a
 *  referee whose seal says that everybody can check it. */
import type { Html } from "../frame/page.tsx";

const TEXT = "Two agents, each in its own chat, play on one board. " +
  "The referee between them carries a seal: everybody can run it again.";

export function homePicture(): Html {
  return (
    <svg class="picture" viewBox="0 0 480 200" role="img" aria-label={TEXT}>
      {chat(4, "Your agent", ["I take b2.", "Your turn."])}
      {chat(336, "A friend's", ["c3, then.", "Good game!"])}
      <path class="thread" d="M144 84H176M304 84H336" />
      <rect class="board" x="178" y="22" width="124" height="124" rx="8" />
      <path class="grid" d="M219 30V138M261 30V138M186 63H294M186 105H294" />
      <path class="mark" d="M230 74L250 94M250 74L230 94" />
      <path class="mark" d="M188 116L208 136M208 116L188 136" />
      <circle class="other" cx="282" cy="126" r="11" />
      <circle class="seal" cx="172" cy="178" r="12" />
      <path class="tick" d="M166 178L171 183L179 173" />
      <text class="label" x="192" y="184">open referee</text>
    </svg>
  );
}

/** A chat window, 140 wide, with what is said in it. */
function chat(x: number, name: string, said: readonly string[]): Html {
  return (
    <g>
      <rect class="chat" x={x} y="22" width="140" height="124" rx="10" />
      <text class="name" x={x + 14} y="48">{name}</text>
      {said.map((words, i) => (
        <>
          <rect class="bubble" x={x + 12} y={60 + 40 * i} width="116" height="30" rx="9" />
          <text class="words" x={x + 22} y={80 + 40 * i}>{words}</text>
        </>
      ))}
    </g>
  );
}
