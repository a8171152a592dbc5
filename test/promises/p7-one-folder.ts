import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployFiles, registerVersion } from '../release-sandbox.ts';
import { commitChanges } from './change-branch.ts';
import { git, gitBytes } from './checker/git.ts';
import { folderOf } from './checker/history.ts';
import { checkOrigin } from './checker/origin.ts';
import type { Promised } from './promise.ts';
import { makeWorld, type World } from './world.ts';

const branch = 'refs/heads/environments';
const dev = 'models/churn/environments/dev';
const kustomization = `${dev}/kustomization.yaml`;
const base = deployFiles['models/churn/deploy/kustomization.yaml']!;

/** A state of the base and of the branch, from which v1.1.0 follows v1.0.0. */
interface Layout {
  readonly name: string;
  /** Of `models/churn/deploy/`, from the first version on. */
  readonly deploy?: Readonly<Record<string, string>>;
  /** What somebody does to the file on the branch between the two. */
  readonly byHand?: (text: string) => string;
  /** What changes in `models/churn/deploy/` between the two; null is removed. */
  readonly change?: Readonly<Record<string, string | null>>;
}

const kserve =
  'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: churn\nspec:\n  predictor:\n    model:\n      storageUri: oci://model\n';
const layouts: readonly Layout[] = [
  { name: 'as it comes' },
  { name: 'Windows line ends', deploy: { 'kustomization.yaml': base.replaceAll('\n', '\r\n') } },
  { name: 'no line end at the end', deploy: { 'kustomization.yaml': base.trimEnd() } },
  {
    name: 'another image beside it',
    deploy: {
      'kustomization.yaml': `${base}images:\n    - name: proxy   # ours\n      digest: sha256:${'7'.repeat(64)}\n`,
    },
  },
  { name: 'KServe', deploy: { 'deployment.yaml': kserve } },
  {
    name: 'comments by hand',
    byHand: (text) => `# Do not touch.\n${text.replace('images:', '\n\n# What runs:\nimages: ')}# End.\n`,
  },
  {
    name: 'quotes and blanks by hand',
    byHand: (text) => text.replace(/digest: (.*)/, 'digest:   "$1"   # by us'),
  },
  {
    name: 'another order by hand',
    byHand: (text) => text.replace(/(\n {4}newName: .*)(\n {4}digest: .*)/, '$2$1'),
  },
  {
    name: 'a manifest changed',
    change: { 'service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: churn}   # short\n' },
  },
  {
    name: 'a manifest more',
    change: { 'policy.yaml': '# none\n', 'kustomization.yaml': `${base}  - policy.yaml\n` },
  },
  {
    name: 'a manifest less',
    change: { 'service.yaml': null, 'kustomization.yaml': base.replace('  - service.yaml\n', '') },
  },
  { name: "another environment's patch", change: { 'production.yaml': '# later\n' } },
];

/** What a promotion's commit changes: one folder; release.json, the digest's line, and copies that changed in the base. */
export const onePromotionChangesOneFolder: Promised = async ({ quick, progress }) => {
  const tried = quick ? layouts.slice(4, 7) : layouts;
  const missed: string[] = [];
  let lines = 0;
  for (const layout of tried) {
    progress(layout.name);
    const world = await promoteBefore(layout);
    const before = git(world.origin, ['rev-parse', branch]);
    await world.promote('v1.1.0', ['dev']);
    const wrong = wrongChanges(world, before, layout);
    const { unverified } = checkOrigin(world.origin);
    if (layout.change === undefined) lines += changedLines(world, before).length / 2;
    missed.push(...[...wrong, ...unverified].map((one) => `${layout.name}: ${one}`));
    world.remove();
  }
  const fine = tried.length - new Set(missed.map((one) => one.split(':')[0])).size;
  const alone = tried.filter(({ change }) => change === undefined).length;
  return {
    words: `${fine} of ${tried.length} promotions change one folder; with deploy/ unchanged ${lines} lines in ${alone}, all digests, the rest byte for byte`,
    missed,
  };
};

async function promoteBefore({ deploy = {}, byHand, change = {} }: Layout): Promise<World> {
  const deployed = Object.entries(deploy).map(([name, text]) => [`models/churn/deploy/${name}`, text]);
  const world = await makeWorld(['churn', 'other'], { files: Object.fromEntries(deployed) });
  for (const model of ['other', 'churn']) await registerVersion(world.workspace, 'v1.0.0', { model });
  await world.promote('v1.0.0', ['dev'], 'other');
  await world.promote('v1.0.0', ['dev', 'staging']);
  if (byHand) {
    const text = git(world.origin, ['show', `${branch}:${kustomization}`]);
    commitChanges(world.origin, { [kustomization]: byHand(`${text}\n`) });
  }
  for (const [name, text] of Object.entries(change)) {
    const path = join(world.root, 'models/churn/deploy', name);
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
  }
  await registerVersion(world.workspace, 'v1.1.0');
  return world;
}

function wrongChanges(world: World, before: string, { change = {} }: Layout): string[] {
  const { origin } = world;
  const paths = git(origin, ['diff', '--name-only', '--no-renames', before, branch]).split('\n');
  const copied = Object.keys(change).filter((name) => name !== 'production.yaml');
  const allowed = ['release.json', 'kustomization.yaml', ...copied].map((name) => `${dev}/${name}`);
  const wrong = paths.filter((path) => !allowed.includes(path)).map((path) => `changes ${path}`);
  if (new Set(paths.map(folderOf)).size !== 1) wrong.push('more than one folder');
  if (git(origin, ['rev-list', '--count', `${before}..${branch}`]) !== '1') wrong.push('not one commit');
  if (change['kustomization.yaml'] === undefined) {
    const lines = changedLines(world, before);
    if (lines.length !== 2 || !lines.every((line) => /^[-+] +digest: +"?sha256:/.test(line)))
      wrong.push(`lines other than the digest's: ${lines.join(' | ')}`);
    const [was, is] = [before, branch].map((at) =>
      gitBytes(origin, ['show', `${at}:${kustomization}`]).toString(),
    );
    const without = (text: string | undefined) =>
      text?.replaceAll(/sha256:[0-9a-f]{64}/g, (one) => (one.includes('777') ? one : ''));
    if (without(was) !== without(is)) wrong.push('bytes beside the digest');
  }
  for (const name of copied.filter((one) => one !== 'kustomization.yaml' && change[one] !== null)) {
    const [copy, source] = [`${branch}:${dev}`, 'churn@v1.1.0:models/churn/deploy'].map((at) =>
      git(origin, ['rev-parse', `${at}/${name}`]),
    );
    if (copy !== source) wrong.push(`${name} is not the base's`);
  }
  return wrong;
}

const changedLines = ({ origin }: World, before: string): string[] =>
  git(origin, ['diff', '-U0', before, branch, '--', kustomization])
    .split('\n')
    .filter((line) => /^[-+](?![-+])/.test(line));
