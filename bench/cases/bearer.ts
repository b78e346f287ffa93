/** The cost of checking a Bearer token. The check can't be switched off, so three kinds of call to
 *  one route alternate. A call without a token is refused before any check. An unknown token is
 *  hashed and looked up in the store, as every token is at its first call. A known token is found
 *  in memory; its call then runs, so that figure includes the operation. */
import type { Figure } from "../figure.ts";
import { requestBytes } from "../http.ts";
import { Player } from "../player.ts";
import type { Server } from "../server.ts";
import { Rounds, timed } from "../stats.ts";

const ROUNDS = 5;
const PER_ROUND = 500;

export async function bearer({ url }: Server): Promise<Figure[]> {
  const player = await Player.at(url);
  const unknown = player.token.replace(/.{8}$/, "AAAAAAAA");
  const kinds = [
    { kind: "none", status: 401, headers: {} },
    { kind: "unknown", status: 401, headers: { authorization: `Bearer ${unknown}` } },
    { kind: "real", status: 200, headers: { authorization: `Bearer ${player.token}` } },
  ] as const;
  const calls = kinds.map(({ kind, status, headers }) => {
    const json = { "content-type": "application/json", ...headers };
    return { kind, status, bytes: requestBytes(url, "POST", "/health_check", json, "{}") };
  });

  const rounds = new Rounds<(typeof kinds)[number]["kind"]>();
  for (let round = -1; round < ROUNDS; round++) {
    if (round >= 0) rounds.begin(); // the first one warms up
    for (let i = 0; i < PER_ROUND; i++) {
      for (const { kind, status, bytes } of calls) {
        const took = await timed(async () => {
          const answer = await player.connection.send(bytes);
          if (answer.status !== status) throw new Error(`${kind}: ${answer.body}`);
        });
        if (round >= 0) rounds.add(kind, took);
      }
    }
  }
  player.close();
  return [
    { name: "no token, p50", value: rounds.p50("none"), unit: "ms" },
    {
      name: "unknown token: hash and read add, p50",
      value: rounds.over((of) => of("unknown") - of("none")),
      unit: "ms",
      target: { atMost: 0.2 },
    },
    {
      name: "known token: check and health_check add, p50",
      value: rounds.over((of) => of("real") - of("none")),
      unit: "ms",
      target: { atMost: 0.2 },
    },
  ];
}
