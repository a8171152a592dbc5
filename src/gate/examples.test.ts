import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import predictionSchema from '../../docs/schemas/predictions.json' with { type: 'json' };
import { parseComparison, parseEvaluation } from '../evaluation/index.ts';
import { checkSchema, parseJson, parseYaml } from '../workspace/index.ts';
import { parsePolicy } from './policy-file.ts';
import { parseVerdict } from './verdict-file.ts';

const readers: Record<string, (text: string, file: string) => unknown> = {
  'comparison.json': parseComparison,
  'evaluation.json': parseEvaluation,
  'policy.yaml': (text, file) => parsePolicy(parseYaml(text, file)),
  'predictions.json': (text, file) => checkSchema(parseJson(text, file), predictionSchema),
  'verdict.json': (text, file) => parseVerdict(parseJson(text, file)),
};

it.each(Object.keys(readers))('%s: the good example is taken, the bad one refused in words', (name) => {
  const [noun, kind] = name.split('.');
  const example = (sort: string) => {
    const file = `${noun}.${sort}.${kind}`;
    const text = readFileSync(new URL(`../../docs/schemas/examples/${file}`, import.meta.url), 'utf8');
    return readers[name]!(text, file);
  };
  expect(example('good')).toBeTypeOf('object');
  expect(() => example('bad')).toThrowErrorMatchingSnapshot();
});
