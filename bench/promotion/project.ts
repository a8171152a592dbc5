import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printMessage, summary } from '../../src/gitops/branch/commit-message.ts';
import { imageChange, renderFor } from '../../src/gitops/folder/deploy-files.ts';
import { folderOf } from '../../src/gitops/folder/environment-folder.ts';
import { printRelease, promotionStatement } from '../../src/gitops/folder/folder-plan.ts';
import {
  type Envelope,
  loadKey,
  type ReleaseRecord,
  releasePredicate,
  type SigningKey,
  sign,
  statementOf,
} from '../../src/registry/index.ts';
import { releaseSubjects } from '../../src/registry/release.ts';
import {
  canonicalJson,
  digestOf,
  digestOfJson,
  git,
  openWorkspace,
  parseYaml,
} from '../../src/workspace/index.ts';
import { makeRecord } from '../../test/git-sandbox.ts';
import { deployFiles, policyText } from '../../test/release-sandbox.ts';
import { type Stream, writeHistory } from './fast-import.ts';

/*
 * A bare remote as years of releases leave it: every version a commit of its own on main, every promotion a commit on
 * `environments` and a tag, all of it signed by one key. By hand, since ten thousand promotions by us take an hour.
 */
export interface Project {
  readonly origin: string;
  readonly models: readonly string[];
  /** A clone with the signing key. */
  clone(name: string): Promise<string>;
}

const environments = ['dev', 'staging', 'production'] as const;
type Environment = (typeof environments)[number];

/** v1.1.0 is in every environment, v1.2.0 in dev: three versions and seven promotions of each model. */
const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0'] as const;
const promotions = [
  ...versions.slice(0, 2).flatMap((version) => environments.map((to) => ({ version, to }))),
  { version: 'v1.2.0', to: 'dev' },
] as const;

export const tagsOfModel = versions.length + promotions.length;

/** Every fiftieth changes its manifests with v1.2.0: staging and production are behind main. */
const changesDeploy = (index: number, version: string) => index % 50 === 0 && version === 'v1.2.0';

const start = Date.UTC(2026, 0, 5) / 1000;

export async function makeProject(folder: string, count: number): Promise<Project> {
  const origin = join(folder, 'origin.git');
  await git(['init', '--quiet', '--bare', '--initial-branch=main', origin], { cwd: folder });
  const keys = join(folder, 'keys');
  mkdirSync(keys);
  writeFileSync(join(keys, 'lockstep.yaml'), 'environments: [dev, staging, production]\n');
  const key = loadKey(openWorkspace(keys));
  const models = Array.from({ length: count }, (_, index) => `model-${index}`);
  const commits = await writeMain(origin, models, key);
  await writeEnvironments(origin, models, commits, key);
  // As a server keeps them that has had time to.
  await git(['pack-refs', '--all'], { cwd: origin });
  return {
    origin,
    models,
    async clone(name) {
      const root = join(folder, name);
      await git(['clone', '--quiet', origin, root], { cwd: folder });
      await git(['config', 'user.name', 'Ada'], { cwd: root });
      await git(['config', 'user.email', 'ada@example.com'], { cwd: root });
      mkdirSync(join(root, '.lockstep/keys'), { recursive: true, mode: 0o700 });
      const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(join(root, '.lockstep/keys/ed25519.pem'), pem, { mode: 0o600 });
      return root;
    },
  };
}

/** The deploy folder of a model at a version, by path in it. */
const deployOf = (model: string, index: number, version: string): Map<string, string> =>
  new Map(
    Object.entries(deployFiles).map(([path, text]) => [
      path.slice('models/churn/deploy/'.length),
      text
        .replaceAll('churn', model)
        .replace('port: 8080', changesDeploy(index, version) ? 'port: 8081' : 'port: 8080'),
    ]),
  );

/** Commit of each version, by `<model>@<version>`. */
async function writeMain(
  origin: string,
  models: readonly string[],
  key: SigningKey,
): Promise<ReadonlyMap<string, string>> {
  const configuration = `environments: [dev, staging, production]\ntrust:\n  - {owner: Ada, key: "${key.spki}"}\n`;
  const names: string[] = [];
  const marks = await writeHistory(origin, (stream) => {
    const files = models.flatMap((model, index) => [
      ...[...deployOf(model, index, 'v1.0.0')].map(
        ([path, text]) => [`models/${model}/deploy/${path}`, text] as const,
      ),
      [`models/${model}/policy.yaml`, policyText] as const,
    ]);
    stream.commit('refs/heads/main', start, 'chore: the models', [
      ['lockstep.yaml', configuration],
      ['.gitignore', '/.lockstep/\n/data/\n'],
      ...files,
    ]);
    names.push('');
    for (const version of versions) {
      for (const [index, model] of models.entries()) {
        const changed = changesDeploy(index, version)
          ? [...deployOf(model, index, version)].map(
              ([path, text]) => [`models/${model}/deploy/${path}`, text] as const,
            )
          : [];
        stream.commit('refs/heads/main', start + names.length, `feat(${model}): ${version}`, [
          [`models/${model}/model.txt`, version],
          ...changed,
        ]);
        names.push(`${model}@${version}`);
      }
    }
  });
  return new Map(names.map((name, at) => [name, marks[at]!]));
}

async function writeEnvironments(
  origin: string,
  models: readonly string[],
  commits: ReadonlyMap<string, string>,
  key: SigningKey,
): Promise<void> {
  const render = kustomizations();
  await writeHistory(origin, (stream) => {
    const releases = new Map<string, { record: ReleaseRecord; envelope: Envelope }>();
    for (const version of versions)
      for (const model of models)
        releases.set(
          `${model}@${version}`,
          writeVersion(stream, model, version, commits.get(`${model}@${version}`)!, key),
        );
    let time = start + 100_000;
    for (const [step, { version, to }] of promotions.entries())
      for (const [index, model] of models.entries())
        writePromotion(stream, {
          ...releases.get(`${model}@${version}`)!,
          deploy: deployOf(model, index, version),
          to,
          render,
          tag: `${model}#${to}#${step + 1}`,
          time: time++,
          key,
        });
  });
}

function writeVersion(stream: Stream, model: string, version: string, commit: string, key: SigningKey) {
  const record = makeRecord({ model, version, commit, policy: { digest: digestOf(policyText), commit } });
  const envelope = sign(statementOf(releasePredicate, record, releaseSubjects(record)), key);
  stream.tag(
    `${model}@${version}`,
    commit,
    start + 90_000,
    `${model} ${version}\n\n${canonicalJson(envelope)}`,
  );
  return { record, envelope };
}

interface Promotion {
  readonly record: ReleaseRecord;
  readonly envelope: Envelope;
  readonly deploy: ReadonlyMap<string, string>;
  readonly to: Environment;
  readonly render: ReturnType<typeof kustomizations>;
  readonly tag: string;
  readonly time: number;
  readonly key: SigningKey;
}

function writePromotion(
  stream: Stream,
  { record, envelope, deploy, to, render, tag, time, key }: Promotion,
): void {
  const { model, version } = record;
  const patch = deploy.get(`${to}.yaml`);
  const copies = [...deploy].filter(
    ([path]) => path !== 'kustomization.yaml' && path.replace('.yaml', '') !== 'production',
  );
  if (patch !== undefined) copies.push(['patch.yaml', patch]);
  const kustomization = render(record, patch !== undefined);
  const statement = promotionStatement(
    {
      environment: to,
      checks: [],
      observed: null,
      tip: null,
      made: { by: 'Ada <ada@example.com>', time: new Date(time * 1000).toISOString() },
      files: Object.fromEntries(copies.sort().map(([path, text]) => [path, digestOf(text)])),
      kustomization: kustomization.meaning,
    },
    record,
    envelope,
  );
  const promotion = sign(statement, key);
  const files = [
    ...copies,
    ['kustomization.yaml', kustomization.text] as const,
    ['release.json', printRelease(envelope, promotion)] as const,
  ];
  const event = { event: 'promotion', model, version, environment: to, tag } as const;
  stream.commit(
    'refs/heads/environments',
    time,
    printMessage(event),
    files.map(([path, text]) => [`${folderOf(model, to)}/${path}`, text] as const),
  );
  stream.tag(tag, record.commit, time, `${summary(event)}\n\n${canonicalJson(promotion)}`);
}

/** Rendered once and filled in: reading YAML ten thousand times would take a minute. */
function kustomizations() {
  const placeholder = makeRecord({ model: 'placeholder', version: 'v1.0.0', commit: '0'.repeat(40) });
  const templates = [false, true].map((hasPatch) => {
    const deploy = {
      copies: new Map(),
      kustomization: deployFiles['models/churn/deploy/kustomization.yaml']!,
      hasPatch,
      file: 'kustomization.yaml',
      imageName: 'model',
    };
    const text = renderFor(deploy, imageChange(deploy, placeholder));
    return { text, value: JSON.stringify(parseYaml(text, 'kustomization.yaml').value) };
  });
  return ({ image }: ReleaseRecord, hasPatch: boolean) => {
    const template = templates[Number(hasPatch)]!;
    const fill = (text: string) =>
      text.replaceAll(placeholder.image.digest, image.digest).replaceAll(placeholder.image.name, image.name);
    return { text: fill(template.text), meaning: digestOfJson(JSON.parse(fill(template.value))) };
  };
}
