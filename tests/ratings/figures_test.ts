/** The figures of ratings are those that `openskill` publishes. */
import assert from "node:assert/strict";
import { figuresAfter } from "../../src/ratings/figures.ts";

const NEW = null;

interface Example {
  places: Parameters<typeof figuresAfter>[0];
  figures: [mu: number, sigma: number][][];
  /** How far the published figures are cut. */
  within: number;
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  "the readme: four newcomers, all apart": {
    places: [[NEW], [NEW], [NEW], [NEW]],
    figures: [[[27.795, 8.263]], [[26.553, 8.179]], [[24.689, 8.084]], [[20.963, 8.084]]],
    within: 0.001,
  },
  "the readme: four newcomers, two of them tied": {
    places: [[NEW], [NEW, NEW], [NEW]],
    figures: [[[27.795, 8.263]], [[24.689, 8.179], [24.689, 8.179]], [[22.826, 8.179]]],
    within: 0.001,
  },
  "release 4.1.1: a newcomer beats another": {
    places: [[NEW], [NEW]],
    figures: [[[27.63523138347365, 8.065506316323548]], [[22.36476861652635, 8.065506316323548]]],
    within: 0,
  },
  "release 4.1.1: two newcomers draw": {
    places: [[NEW, NEW]],
    figures: [[[25, 8.065506316323548], [25, 8.065506316323548]]],
    within: 0,
  },
};

for (const [name, { places, figures, within }] of Object.entries(EXAMPLES)) {
  Deno.test(`figures: ${name}`, async () => {
    const after = await figuresAfter(places);
    assert.deepEqual(after.map(({ length }) => length), figures.map(({ length }) => length));
    for (const [i, place] of figures.entries()) {
      for (const [j, [mu, sigma]] of place.entries()) {
        const got = after[i]![j]!;
        assert.ok(Math.abs(got.mu - mu) <= within, `mu ${got.mu}, not ${mu}`);
        assert.ok(Math.abs(got.sigma - sigma) <= within, `sigma ${got.sigma}, not ${sigma}`);
        assert.equal(got.ordinal, got.mu - 3 * got.sigma);
      }
    }
  });
}

Deno.test("figures: the favourite gains little, and loses much to a newcomer", async () => {
  const strong = { mu: 40, sigma: 2 };
  const won = (await figuresAfter([[strong], [NEW]])).flat()[0]!;
  const lost = (await figuresAfter([[NEW], [strong]])).flat()[1]!;
  assert.ok(won.mu - 40 < 40 - lost.mu);
});
