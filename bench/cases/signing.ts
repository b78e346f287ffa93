/** The cost of signing: the server signs the tree head after every entry. Posts alternate with
 *  signatures by the same signer, each on a new tree head. */
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import { bodyOf } from "../../src/domain/transcript/body.ts";
import { append, EMPTY_HEAD, type Head } from "../../src/domain/transcript/transcript.ts";
import { answered } from "../doors.ts";
import type { Figure } from "../figure.ts";
import { channelOf, Player } from "../player.ts";
import type { Server } from "../server.ts";
import { Rounds, timed } from "../stats.ts";

const ROUNDS = 5;
const PER_ROUND = 300;
const body = { text: "a message of usual length" };

export async function signing({ url }: Server): Promise<Figure[]> {
  const player = await Player.at(url);
  const channel_id = await channelOf([player]);
  const bytes = player.bytes("post_message", { channel_id, body });
  const signer = new TreeSigner({ key: new Uint8Array(32).fill(7), publicUrl: url.href });
  const secret = new Uint8Array(32).fill(9);
  let head: Head = EMPTY_HEAD;
  const rounds = new Rounds<"post" | "sign">();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (let i = 0; i < PER_ROUND; i++) {
      const posting = await timed(async () => {
        const answer = await player.connection.send(bytes);
        if (!answered(answer)) throw new Error(`Cannot post: ${answer.body}`);
      });
      const draft = { sender: "p1", kind: "user", body: bodyOf(body) } as const;
      ({ head } = append(head, [draft], channel_id, secret, new Date()));
      const start = performance.now();
      signer.checkpoint(channel_id, head);
      const signing = performance.now() - start;
      if (round < 0) continue;
      rounds.add("post", posting);
      rounds.add("sign", signing);
    }
  }
  player.close();
  return [
    { name: "post_message, p50", value: rounds.p50("post"), unit: "ms" },
    { name: "signed tree head, p50", value: rounds.p50("sign"), unit: "ms" },
    {
      name: "  relative to a post without it",
      value: rounds.over((of) => of("sign") / (of("post") - of("sign")) * 100),
      unit: "%",
      target: { atMost: 15 },
    },
  ];
}
