import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerVersion } from '../release-sandbox.ts';
import { canonical, type Envelope } from './checker/envelope.ts';
import { git, refsOf } from './checker/git.ts';
import { checkOrigin } from './checker/origin.ts';
import { envelopeOf, placeTag, statementIn } from './forge.ts';
import { type Forgery, forgedDecisions, forgedTags, type Honest } from './forgeries.ts';
import { inPairs, type Promised, share } from './promise.ts';
import { makeWorld, spkiOf, type World } from './world.ts';

/** A forgery, and what a person types who falls for it. */
interface Attempt extends Forgery {
  readonly arrange: (world: World) => Promise<readonly string[]>;
}

const decided = '../decision.json';
const promoteIt = ['promote', 'churn', 'v1.1.0', '--to', 'dev'];
const deployIt = ['deploy', 'churn', '--to', 'dev', '--release', decided];
const waiver =
  'checks:\n  - {metric: roc_auc, at-least: 0.6}\nwaivers:\n  - {check: "roc_auc at-least 0.6", owner: ada, reason: new data, until: "2026-01-31"}\n';

/** Everything that could be wrong with a verdict, one thing each time: refused, for that reason, and nothing moved. */
export const forgedVerdictsAreRefused: Promised = async (amount) => {
  const { world, honest } = await makeTemplate();
  const attempts = share(attemptsWith(honest), amount);
  const missed: string[] = [];
  let changed = 0;
  await inPairs(attempts, amount, async ({ name, code, arrange }) => {
    const copy = world.copy('forged');
    const command = await arrange(copy);
    const before = stateOf(copy);
    const { exit, stderr } = await copy.cli([...command, '--observe', '0']);
    const after = stateOf(copy);
    if (before.digest !== after.digest) changed++;
    if (exit !== 1 || !stderr.startsWith(`${code}: `))
      missed.push(`${name}: ended with ${exit}: ${stderr.trim()}`);
    else if (before.refs !== after.refs) missed.push(`${name}: refused, and origin changed`);
    copy.remove();
  });
  const refused = attempts.length - missed.length;
  return {
    words: `${refused} of ${attempts.length} forged or mis-bound verdicts refused, each for its own reason; ${changed} deployed digests changed`,
    missed: changed === 0 ? missed : [...missed, `${changed} deployed digests changed`],
  };
};

const stateOf = ({ origin }: World) => ({
  refs: JSON.stringify([...refsOf(origin)]),
  digest: checkOrigin(origin).folders.get('models/churn/environments/dev')?.digest,
});

async function makeTemplate(): Promise<{ world: World; honest: Honest }> {
  const { privateKey: stagingKey, publicKey } = generateKeyPairSync('ed25519');
  const staging = `{key: "${spkiOf(publicKey)}", owner: staging team, environments: [staging]}`;
  const world = await makeWorld(['churn'], {
    trust: (spki) => `{key: "${spki}", owner: release team}\n  - ${staging}`,
  });
  await registerVersion(world.workspace, 'v1.0.0');
  await world.promote('v1.0.0', ['dev']);
  await registerVersion(world.workspace, 'v1.1.0');
  await registerWaived(world);
  await world.cli([...promoteIt, '--decide', decided]);
  await world.pack();
  const { record, promotion } = JSON.parse(readFileSync(join(world.root, decided), 'utf8')) as {
    record: Envelope;
    promotion: Envelope;
  };
  const commitOf = (version: string) => git(world.origin, ['rev-parse', `churn@${version}^{commit}`]);
  const honest = {
    record,
    earlier: envelopeOf(world.origin, 'churn@v1.0.0'),
    promotion,
    statement: statementIn(record),
    promoted: statementIn(promotion),
    commit: commitOf('v1.1.0'),
    otherCommit: commitOf('v1.0.0'),
    key: world.key,
    stagingKey,
  };
  return { world, honest };
}

/** v1.2.0 passes because a check was waived, which it is no more. */
async function registerWaived({ workspace }: World): Promise<void> {
  const check = { metric: 'roc_auc', 'at-least': 0.6 };
  const facts = { id: 'roc_auc at-least 0.6', check, value: 0.5, bound: null, limit: 0.6, reason: 'waived' };
  const dev = {
    verdict: 'pass',
    digest: `sha256:${'1'.repeat(64)}`,
    reasons: [],
    checks: [{ ...facts, outcome: 'waived' }],
  } as const;
  await registerVersion(workspace, 'v1.2.0', { verdicts: { dev } }, { 'models/churn/policy.yaml': waiver });
}

function attemptsWith(honest: Honest): Attempt[] {
  const write = (world: World, release: { record: Envelope; promotion: Envelope }) =>
    writeFileSync(
      join(world.root, decided),
      `{\n"record": ${canonical(release.record)},\n"promotion": ${canonical(release.promotion)}\n}\n`,
    );
  return [
    ...forgedTags.map((forgery) => ({
      ...forgery,
      arrange: async ({ origin, root }: World) => {
        placeTag([origin, root], { tag: 'churn@v1.1.0', commit: honest.commit, ...forgery.forge(honest) });
        return promoteIt;
      },
    })),
    ...forgedDecisions.map((forgery) => ({
      ...forgery,
      arrange: async (world: World) => {
        write(world, { record: honest.record, promotion: honest.promotion, ...forgery.forge(honest) });
        return deployIt;
      },
    })),
    {
      name: 'a lightweight tag',
      code: 'E_TAG_LIGHTWEIGHT',
      arrange: async ({ origin, root }) => {
        for (const at of [origin, root]) git(at, ['update-ref', 'refs/tags/churn@v1.1.0', honest.commit]);
        return promoteIt;
      },
    },
    {
      name: 'a waiver that has ended',
      code: 'E_VERDICT_EXPIRED',
      arrange: async () => ['promote', 'churn', 'v1.2.0', '--to', 'dev'],
    },
    {
      name: 'a decision older than what runs now',
      code: 'E_PROMOTE_RACE',
      arrange: async (world) => {
        await registerVersion(
          world.workspace,
          'v1.3.0',
          {},
          { 'models/churn/policy.yaml': waiver.split('waivers')[0]! },
        );
        await world.promote('v1.3.0', ['dev']);
        return deployIt;
      },
    },
    {
      name: 'a decision about a version that is held since',
      code: 'E_PROMOTE_HELD',
      arrange: async (world) => {
        await world.cli(['hold', 'churn', 'v1.1.0', '--reason', 'wrong airports']);
        return deployIt;
      },
    },
  ];
}
