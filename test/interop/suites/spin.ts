import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Suite, Tools } from '../suite.ts';

/** The model stands beside what it is a model of: test/promotion-model.test.ts compares the names of effects. */
export const suite: Suite = {
  name: 'spin',
  shows:
    'no interleaving of two promoters, a rollback, a crash and a lost answer breaks what promotion promises',
  minutes: 4,
  needs: { debian: { spin: 'spin', gcc: 'gcc' } },
  run: searchAll,
};

/** Tags in the commit's push, and tags that stand alone. */
const protocols: readonly (readonly string[])[] = [[], ['ALONE']];

/** Each takes away what the protocol rests on, so that the model is seen to fail. */
const mutations: readonly (readonly string[])[] = [
  ['NO_CAS'],
  ['NO_RECHECK'],
  ['NO_READ_BACK'],
  ['NO_NOTE'],
  ['ALONE', 'NO_CAS'],
  ['ALONE', 'NO_RECHECK'],
  ['ALONE', 'NO_READ_BACK'],
  ['ALONE', 'NO_TAG_AGAIN'],
];

interface Found {
  readonly states: number;
  readonly violated: string | null;
}

async function searchAll(tools: Tools): Promise<string> {
  let states = 0;
  for (const names of protocols) {
    const found = await search(tools, names);
    assert.equal(found.violated, null, `${words(names)}: ${found.violated}`);
    states += found.states;
  }
  for (const names of mutations) {
    const { violated } = await search(tools, names);
    assert.notEqual(violated, null, `${words(names)}: Spin found nothing wrong with it`);
  }
  return `${states} states of ${protocols.length} protocols, all of them; ${mutations.length} of ${mutations.length} mutations found`;
}

const words = (names: readonly string[]): string => names.join(' and ') || 'the protocol';

/** Every reachable state is stored whole (no hashing away): what is not found is not there. */
async function search({ root, folder, programs }: Tools, names: readonly string[]): Promise<Found> {
  const model = join(root, 'test/interop/fixtures/promotion.pml');
  await programs.run('spin', ['-a', ...names.map((name) => `-D${name}`), model]);
  await programs.run('gcc', ['-w', '-O2', '-DSAFETY', '-DCOLLAPSE', '-DMEMLIM=3000', '-o', 'pan', 'pan.c']);
  const said = await programs.run(join(folder, 'pan'), ['-m20000']);
  const [, violated] = /^pan:1: (.+) \(at depth/m.exec(said) ?? [];
  const [, stored] = /^ *(\d+) states, stored/m.exec(said) ?? [];
  const isWhole = /errors: \d+/.test(said) && !/Search not completed|max search depth too small/.test(said);
  assert.ok(violated !== undefined || isWhole, `${words(names)}: the search was cut off\n${said}`);
  return { states: Number(stored), violated: violated ?? null };
}
