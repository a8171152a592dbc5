import type { ErrorCode } from '../../src/workspace/index.ts';
import { type BadInput, inFile } from './bad-input.ts';
import { pipelineYaml, policyYaml } from './repository.ts';

const bombOf = (letters: string): string =>
  [...letters]
    .map((letter, index) => {
      const before = letters[index - 1];
      return `${letter}: &${letter} [${Array.from({ length: 9 }, () => (before ? `*${before}` : 'x')).join(', ')}]`;
    })
    .join('\n');

const pipelines: readonly (readonly [string, ErrorCode, string | Uint8Array])[] = [
  ['an empty pipeline', 'E_YAML_SYNTAX', ''],
  ['a list', 'E_CONFIG_TYPE', '- stages\n'],
  ['a bomb of aliases', 'E_YAML_ALIAS', `${bombOf('abcdefg')}\n`],
  ['one anchor', 'E_YAML_ALIAS', `params: &p {seed: 7}\n${pipelineYaml}`],
  ['a function', 'E_YAML_TAG', `params: !!js/function "process.exit(0)"\n${pipelineYaml}`],
  ['a Python object', 'E_YAML_TAG', `params: !!python/object/apply:os.system ["id"]\n${pipelineYaml}`],
  ['two documents', 'E_YAML_MULTIDOC', `${pipelineYaml}---\n${pipelineYaml}`],
  ['a key twice', 'E_YAML_DUPLICATE', `${pipelineYaml}stages: {}\n`],
  ['20,000 levels', 'E_YAML_DEPTH', `params: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
  ['tabs', 'E_YAML_SYNTAX', pipelineYaml.replaceAll('    ', '\t')],
  ['a quote that never ends', 'E_YAML_SYNTAX', `params: {name: "seed}\n${pipelineYaml}`],
  ['300 KiB', 'E_CONFIG_TOO_LARGE', `# ${'x'.repeat(300 * 1024)}\n${pipelineYaml}`],
  ['bytes that are no UTF-8', 'E_CONFIG_ENCODING', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a])],
  ['what a merge left behind', 'E_YAML_SYNTAX', `<<<<<<< HEAD\n${pipelineYaml}=======\n>>>>>>> mine\n`],
  ['an infinite param', 'E_NUMBER_NOT_FINITE', `params: {rate: .inf}\n${pipelineYaml}`],
  ['a param beyond all numbers', 'E_NUMBER_NOT_FINITE', `params: {rate: 1e400}\n${pipelineYaml}`],
  ['Norway', 'E_CONFIG_TYPE', pipelineYaml.replace('late', 'no')],
  ['a misspelt key', 'E_CONFIG_KEY', pipelineYaml.replace('inputs:', 'input:')],
  ['nothing to judge', 'E_CONFIG_KEY', pipelineYaml.slice(0, pipelineYaml.indexOf('evaluate'))],
  ['a threshold as text', 'E_CONFIG_TYPE', `${pipelineYaml}  threshold: "0.9"\n`],
];

const configurations: readonly (readonly [string, ErrorCode, string])[] = [
  ['a misspelt setting', 'E_CONFIG_KEY', 'enviroments: [dev]\n'],
  ['no environments', 'E_CONFIG_VALUE', 'environments: []\n'],
  ['an environment twice', 'E_CONFIG_VALUE', 'environments: [dev, dev]\n'],
  ['an environment as a path', 'E_NAME', 'environments: ["../dev"]\n'],
  ['a repository of images in capitals', 'E_IMAGE_REF', 'images: ghcr.io/Acme/Models\n'],
  ['a branch that is an option', 'E_CONFIG_VALUE', 'gitops: {branch: "--upload-pack=x"}\n'],
];

const modelFiles: readonly (readonly [string, ErrorCode, string])[] = [
  ['a task nobody knows', 'E_CONFIG_VALUE', 'task: guessing\ninputs: [{name: x, type: number}]\n'],
  ['no inputs', 'E_CONFIG_VALUE', 'task: regression\ninputs: []\noutput: {name: y}\n'],
  [
    'an input twice',
    'E_CONFIG_VALUE',
    'task: regression\ninputs: [{name: x, type: number}, {name: x, type: number}]\noutput: {name: y}\n',
  ],
  [
    'a range the wrong way round',
    'E_CONFIG_VALUE',
    'task: regression\ninputs: [{name: x, type: number, minimum: 9, maximum: 1}]\noutput: {name: y}\n',
  ],
  [
    'the answer among the questions',
    'E_CONFIG_VALUE',
    'task: regression\ninputs: [{name: y, type: number}]\noutput: {name: y}\n',
  ],
];

const check = (text: string): string => `checks:\n  - {metric: roc_auc, ${text}}\n`;
const policies: readonly (readonly [string, ErrorCode, string])[] = [
  ['an empty policy', 'E_GATE_EMPTY', ''],
  ['no checks', 'E_GATE_EMPTY', 'checks: []\n'],
  ['an operator nobody knows', 'E_GATE_OPERATOR', check('"=>": 0.9')],
  ['a limit as text', 'E_CONFIG_TYPE', check('at-least: "0.9"')],
  ['a limit that is no number', 'E_NUMBER_NOT_FINITE', check('at-least: .nan')],
  ['a limit beyond all numbers', 'E_NUMBER_NOT_FINITE', check('at-least: 1e400')],
  ['Norway', 'E_CONFIG_TYPE', 'checks:\n  - {metric: no, at-least: 0.9}\n'],
  ['a metric name of hostile text', 'E_METRICS_NAME', 'checks:\n  - {metric: "a | b <img>", at-least: 0}\n'],
  ['__proto__', 'E_METRICS_NAME', 'checks:\n  - {metric: __proto__, at-least: 0}\n'],
  [
    'an environment nobody has',
    'E_ENV_UNKNOWN',
    `${policyYaml}environments: {prod: {checks: [{metric: roc_auc, at-least: 0.5}]}}\n`,
  ],
  ['a soak that is no duration', 'E_CONFIG_VALUE', `${policyYaml}environments: {staging: {soak: a day}}\n`],
  ['a waiver without an end', 'E_CONFIG_KEY', `${policyYaml}waivers: [{check: x, owner: ada, reason: y}]\n`],
];

const deploy = ['deploy', 'churn', '--to', 'dev', '--release', 'release.json', '--observe', '0'];
const records: readonly (readonly [string, ErrorCode, string])[] = [
  ['a trailing comma', 'E_JSON_SYNTAX', '{\n  "record": {},\n}\n'],
  ['a comment', 'E_JSON_SYNTAX', '{\n  // why\n  "record": {}\n}\n'],
  ['an empty file', 'E_JSON_SYNTAX', ''],
  ['a name twice', 'E_JSON_DUPLICATE', '{"record": {"a": 1, "a": 2}}\n'],
  ['100,000 levels', 'E_JSON_DEPTH', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['a number beyond all', 'E_NUMBER_NOT_FINITE', '{"record": 1e400}'],
  ['something else altogether', 'E_RECORD_FORMAT', '{"name": "left-pad"}'],
];

export const configurationFiles: readonly BadInput[] = [
  ...inFile('pipelines/toy/pipeline.yaml', ['plan', 'toy'], pipelines),
  ...inFile('lockstep.yaml', ['plan', 'toy'], configurations),
  ...inFile('models/draft/model.yaml', ['run', 'draft'], modelFiles),
  ...inFile('models/draft/policy.yaml', ['run', 'draft'], policies),
  ...inFile(
    'models/toy/policy.yaml',
    ['run', 'toy'],
    [['a change that breaks the policy', 'E_GATE_EMPTY', 'checks: []\n']],
  ),
  ...inFile('release.json', deploy, records),
  {
    name: 'no model.yaml',
    given: (repository) => repository.remove('models/toy/model.yaml'),
    command: ['run', 'toy'],
    code: 'E_CONFIG_MISSING',
  },
  {
    name: 'no policy.yaml',
    given: (repository) => repository.remove('models/draft/policy.yaml'),
    command: ['run', 'draft'],
    code: 'E_CONFIG_MISSING',
  },
];
