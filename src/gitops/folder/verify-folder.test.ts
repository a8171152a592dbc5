import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GitSandbox, makeRepository, makeSandbox } from '../../../test/git-sandbox.ts';
import { makeProject, registerVersion } from '../../../test/release-sandbox.ts';
import {
  baseCommit,
  type Envelope,
  loadKey,
  type PromotionRecord,
  type ReleaseFile,
  sign,
  statementOf,
  type Trust,
  trustedKeys,
} from '../../registry/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { promote, readFolder, readTip, verifyFolder } from '../index.ts';
import type { FolderFile } from './environment-folder.ts';
import { printRelease } from './folder-plan.ts';

let sandbox: GitSandbox;
let workspace: Workspace;
let good: readonly FolderFile[];
let other: readonly FolderFile[];
let trust: Trust;

beforeAll(async () => {
  sandbox = await makeSandbox();
  workspace = await makeProject(sandbox);
  await registerVersion(workspace, 'v1.0.0');
  for (const environment of ['dev', 'staging', 'production'])
    await promote(workspace, { model: 'churn', version: 'v1.0.0', environment });
  await registerVersion(workspace, 'v1.1.0');
  await promote(workspace, { model: 'churn', version: 'v1.1.0', environment: 'dev' });
  const tip = await readTip(workspace);
  good = (await readFolder(workspace, tip, 'churn', 'production'))!;
  other = (await readFolder(workspace, tip, 'churn', 'dev'))!;
  trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const findingsOf = (files: readonly FolderFile[], trusted = trust) => {
  const verdict = verifyFolder({ model: 'churn', environment: 'production', files, trust: trusted });
  return verdict.kind === 'verified'
    ? []
    : verdict.findings.map(({ code, where }) => `${code} ${where?.file.split('/').at(-1)}:${where?.line}`);
};
const edit = (path: string, change: (text: string) => string) =>
  good.map((file) =>
    file.path === path ? { ...file, bytes: Buffer.from(change(file.bytes.toString())) } : file,
  );
const release = (): ReleaseFile =>
  JSON.parse(good.find(({ path }) => path === 'release.json')!.bytes.toString()) as ReleaseFile;
const withRelease = (record: Envelope, promotion: Envelope) =>
  edit('release.json', () => printRelease(record, promotion));
const statementIn = <P>({ payload }: Envelope) =>
  JSON.parse(Buffer.from(payload, 'base64').toString()) as {
    predicate: P;
    subject: { name: string; digest: { sha256: string } }[];
  };

test('the folder as promoted is verified, whatever its layout and comments', () => {
  expect(findingsOf(good)).toEqual([]);
  expect(
    findingsOf(
      edit('kustomization.yaml', (text) => `# a note\n${text.replace('    digest: ', '    digest:   ')}`),
    ),
  ).toEqual([]);
});

const kustomization = 'kustomization.yaml';
test.each([
  [
    'another digest',
    kustomization,
    (text: string) => text.replace(/sha256:..../, 'sha256:0000'),
    ['E_VERDICT_BINDING kustomization.yaml:12'],
  ],
  [
    'another repository',
    kustomization,
    (text: string) => text.replace('newName: localhost', 'newName: evil.example'),
    ['E_VERDICT_BINDING kustomization.yaml:11'],
  ],
  [
    'a tag instead of the digest',
    kustomization,
    (text: string) => text.replace(/digest: .*/, 'newTag: v1.0.0'),
    ['E_ENV_FILE_TAG kustomization.yaml:12'],
  ],
  [
    'a tag beside the digest',
    kustomization,
    (text: string) => text.replace(/( +)digest: .*/, '$&\n$1newTag: v9'),
    ['E_ENV_FILE_TAG kustomization.yaml:13'],
  ],
  [
    'no image',
    kustomization,
    (text: string) => text.replace('name: model', 'name: sidecar'),
    ['E_ENV_FILE_IMAGE kustomization.yaml:9'],
  ],
  [
    'two images',
    kustomization,
    (text: string) => `${text}${text.slice(text.indexOf('  - name: model'))}`,
    ['E_ENV_FILE_IMAGE kustomization.yaml:13'],
  ],
  [
    'a remote base',
    kustomization,
    (text: string) => text.replace('  - service.yaml', '  - https://github.com/evil/base?ref=main'),
    ['E_ENV_FILE_REMOTE_BASE kustomization.yaml:6'],
  ],
  [
    'a base by forge shorthand',
    kustomization,
    (text: string) => text.replace('  - service.yaml', '  - github.com/evil/base/overlay'),
    ['E_ENV_FILE_REMOTE_BASE kustomization.yaml:6'],
  ],
  [
    'a base outside',
    kustomization,
    (text: string) => text.replace('  - service.yaml', '  - ../dev'),
    ['E_ENV_FILE_REMOTE_BASE kustomization.yaml:6'],
  ],
  [
    'a helm chart',
    kustomization,
    (text: string) => `${text}helmCharts:\n  - name: evil\n`,
    ['E_ENV_FILE_REMOTE_BASE kustomization.yaml:13'],
  ],
  [
    'a resource that is not there',
    kustomization,
    (text: string) => text.replace('  - service.yaml', '  - gone.yaml'),
    ['E_ENV_FILE_MISSING kustomization.yaml:6'],
  ],
  [
    'an inline patch',
    kustomization,
    (text: string) =>
      text.replace('  - path: patch.yaml', '  - patch: "- {op: replace, path: /spec, value: {}}"'),
    ['E_ENV_FILE_IMAGE kustomization.yaml:8'],
  ],
  [
    'an anchor',
    kustomization,
    (text: string) => text.replace('kind: Kustomization', 'kind: &k Kustomization'),
    ['E_YAML_ALIAS kustomization.yaml:3'],
  ],
  [
    'a name prefix',
    kustomization,
    (text: string) => `${text}namePrefix: x-\n`,
    ['E_ENV_FILE_TAMPERED kustomization.yaml:1'],
  ],
  [
    'an image in the patch',
    'patch.yaml',
    (text: string) =>
      `${text}  template: {spec: {containers: [{name: model, image: "evil@sha256:${'0'.repeat(64)}"}]}}\n`,
    ['E_ENV_FILE_IMAGE patch.yaml:9'],
  ],
  [
    'a path to an image in the patch',
    'patch.yaml',
    () => '- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: evil\n',
    ['E_ENV_FILE_IMAGE patch.yaml:2'],
  ],
  [
    'a tag in a manifest',
    'deployment.yaml',
    (text: string) => text.replace('image: model', 'image: model:latest'),
    ['E_ENV_FILE_TAG deployment.yaml:10', 'E_ENV_FILE_IMAGE kustomization.yaml:1'],
  ],
  [
    'another port',
    'service.yaml',
    (text: string) => text.replace('8080', '8081'),
    ['E_ENV_FILE_TAMPERED service.yaml:1'],
  ],
  ['broken evidence', 'release.json', (text: string) => text.slice(0, -10), ['E_JSON_SYNTAX release.json:3']],
  [
    'evidence with a key twice',
    'release.json',
    (text: string) => text.replace('"promotion":', '"record":'),
    ['E_JSON_DUPLICATE release.json:3'],
  ],
  [
    'evidence with something more',
    'release.json',
    (text: string) => text.replace(/\n}\n$/, ',\n"note": 1\n}\n'),
    ['E_RECORD_FORMAT release.json:4'],
  ],
] as [string, string, (text: string) => string, string[]][])('%s', (_what, path, change, expected) => {
  expect(findingsOf(edit(path, change))).toEqual(expected);
});

test.each([
  [
    'a link',
    () => good.map((file) => (file.path === 'service.yaml' ? { ...file, mode: '120000' } : file)),
    ['E_ENV_FILE_LINK service.yaml:1', 'E_ENV_FILE_MISSING kustomization.yaml:6'],
  ],
  [
    'another repository',
    () => [...good, { path: 'sub', mode: '160000', bytes: Buffer.alloc(0) }],
    ['E_ENV_FILE_LINK sub:1'],
  ],
  [
    'a stray file',
    () => [...good, { path: 'extra.yaml', mode: '100644', bytes: Buffer.from('a: 1\n') }],
    ['E_ENV_FILE_TAMPERED extra.yaml:1'],
  ],
  [
    'no evidence',
    () => good.filter(({ path }) => path !== 'release.json'),
    ['E_ENV_FILE_MISSING release.json:1'],
  ],
  [
    'no kustomization',
    () => good.filter(({ path }) => path !== 'kustomization.yaml'),
    ['E_ENV_FILE_MISSING kustomization.yaml:1'],
  ],
  [
    'no patch',
    () => good.filter(({ path }) => path !== 'patch.yaml'),
    ['E_ENV_FILE_MISSING kustomization.yaml:8', 'E_ENV_FILE_MISSING patch.yaml:1'],
  ],
  ['the folder of another environment', () => other, ['E_VERDICT_ENVIRONMENT release.json:3']],
] as [string, () => FolderFile[], string[]][])('%s in the folder', (_what, make, expected) => {
  expect(findingsOf(make())).toEqual(expected);
});

describe('forged evidence', () => {
  test('every byte of either envelope counts', () => {
    const { record, promotion } = release();
    const flip = (text: string) => `${text.slice(0, 40)}${text[40] === 'A' ? 'B' : 'A'}${text.slice(41)}`;
    for (const [key, envelope] of [
      ['record', record],
      ['promotion', promotion],
    ] as const) {
      const line = key === 'record' ? 2 : 3;
      const variants: [Envelope, string][] = [
        [{ ...envelope, payload: flip(envelope.payload) }, 'E_SIGNATURE'],
        [
          {
            ...envelope,
            signatures: [{ ...envelope.signatures[0]!, sig: flip(envelope.signatures[0]!.sig) }],
          },
          'E_SIGNATURE',
        ],
        [{ ...envelope, signatures: [{ ...envelope.signatures[0]!, keyid: 'sha256:0' }] }, 'E_SIGNATURE'],
      ];
      for (const [forged, code] of variants) {
        expect(
          findingsOf(key === 'record' ? withRelease(forged, promotion) : withRelease(record, forged)),
        ).toEqual([`${code} release.json:${line}`]);
      }
    }
  });

  test('a trusted key signing a promotion that does not fit is refused, field by field', () => {
    const { record, promotion } = release();
    const { predicate, subject } = statementIn<PromotionRecord>(promotion);
    const [image] = subject;
    const signed = (
      over: Record<string, unknown>,
      subjectHex = image!.digest.sha256,
      type = 'urn:lockstep:promotion:v1',
    ) =>
      findingsOf(
        withRelease(
          record,
          sign(
            statementOf(type, { ...predicate, ...over }, { [image!.name]: `sha256:${subjectHex}` }),
            loadKey(workspace),
          ),
        ),
      );
    expect(signed({})).toEqual([]);
    const zero = `sha256:${'0'.repeat(64)}`;
    expect({
      model: signed({ model: 'other' }),
      version: signed({ version: 'v2.0.0' }),
      environment: signed({ environment: 'staging' }),
      record: signed({ record: zero }),
      image: signed({ image: `localhost/churn@${zero}` }),
      files: signed({ files: {} }),
      kustomization: signed({ kustomization: zero }),
      fail: signed({ verdict: 'fail' }),
      inconclusive: signed({ verdict: 'inconclusive' }),
      unknownKey: signed({ surprise: true }),
      subject: signed({}, '0'.repeat(64)),
      type: signed({}, image!.digest.sha256, 'urn:lockstep:release:v1'),
    }).toMatchInlineSnapshot(`
      {
        "environment": [
          "E_VERDICT_ENVIRONMENT release.json:3",
        ],
        "fail": [
          "E_VERDICT_FAILED release.json:3",
        ],
        "files": [
          "E_ENV_FILE_TAMPERED deployment.yaml:1",
          "E_ENV_FILE_TAMPERED patch.yaml:1",
          "E_ENV_FILE_TAMPERED service.yaml:1",
        ],
        "image": [
          "E_VERDICT_BINDING release.json:3",
        ],
        "inconclusive": [
          "E_VERDICT_INCONCLUSIVE release.json:3",
        ],
        "kustomization": [
          "E_ENV_FILE_TAMPERED kustomization.yaml:1",
        ],
        "model": [
          "E_VERDICT_ENVIRONMENT release.json:3",
        ],
        "record": [
          "E_VERDICT_BINDING release.json:3",
        ],
        "subject": [
          "E_RECORD_FORMAT release.json:3",
        ],
        "type": [
          "E_RECORD_FORMAT release.json:3",
        ],
        "unknownKey": [
          "E_RECORD_FORMAT release.json:3",
        ],
        "version": [
          "E_VERDICT_BINDING release.json:3",
        ],
      }
    `);
  });

  test('who is trusted for other environments only may not sign for this one', () => {
    expect(
      findingsOf(
        good,
        trust.map((signer) => ({ ...signer, environments: ['dev'] })),
      ),
    ).toEqual(['E_SIGNATURE release.json:2']);
    expect(findingsOf(good, [])).toEqual(['E_SIGNATURE release.json:2']);
  });

  test("a stranger's evidence is refused though it fits", async () => {
    const stranger = await makeRepository(sandbox.folder, 'stranger');
    const { record, promotion } = release();
    const resign = (envelope: Envelope) => {
      const { predicate, subject } = statementIn<PromotionRecord>(envelope);
      return sign(
        statementOf('urn:lockstep:promotion:v1', predicate, {
          [subject[0]!.name]: `sha256:${subject[0]!.digest.sha256}`,
        }),
        loadKey(stranger),
      );
    };
    expect(findingsOf(withRelease(record, resign(promotion)))).toEqual(['E_SIGNATURE release.json:3']);
  });
});
