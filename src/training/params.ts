import { LockstepError, nearest } from '../workspace/index.ts';

/** Params of a built-in, each with its default and what is allowed. */
export type ParamRules = Readonly<Record<string, ParamRule>>;

type ParamRule =
  | {
      readonly kind: 'number';
      readonly default: number | null;
      readonly least: number;
      readonly most: number;
      readonly integer?: boolean;
    }
  | { readonly kind: 'choice'; readonly default: string; readonly of: readonly string[] }
  | { readonly kind: 'text'; readonly default: null };

export type Params = Readonly<Record<string, number | string | null>>;

/** Checks a stage's params. Errors: E_CONFIG_KEY with a suggestion, E_CONFIG_VALUE. */
export function readParams(
  given: Readonly<Record<string, unknown>>,
  rules: ParamRules,
  builtin: string,
): Params {
  for (const name of Object.keys(given)) if (!(name in rules)) throw unknownParam(name, rules, builtin);
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => {
      const value = given[name] ?? rule.default;
      if (value !== null && !isAllowed(value, rule)) throw badParam(name, value, rule, builtin);
      return [name, value as number | string | null];
    }),
  );
}

function isAllowed(value: unknown, rule: ParamRule): boolean {
  switch (rule.kind) {
    case 'number':
      return (
        typeof value === 'number' &&
        value >= rule.least &&
        value <= rule.most &&
        (!rule.integer || Number.isInteger(value))
      );
    case 'choice':
      return typeof value === 'string' && rule.of.includes(value);
    case 'text':
      return typeof value === 'string' && value !== '';
  }
}

function describe(rule: ParamRule): string {
  switch (rule.kind) {
    case 'number': {
      const kind = rule.integer ? 'a whole number' : 'a number';
      return `${kind} from ${rule.least} to ${rule.most}`;
    }
    case 'choice':
      return rule.of.join(' or ');
    case 'text':
      return 'the name of a column';
  }
}

function unknownParam(name: string, rules: ParamRules, builtin: string): LockstepError {
  const near = nearest(name, Object.keys(rules));
  return new LockstepError('E_CONFIG_KEY', {
    what: `unknown param "${name}" of the built-in ${builtin}`,
    where: { file: 'pipeline.yaml' },
    allowed: Object.keys(rules).join(', '),
    fix: near ? `did you mean "${near}"?` : "take it off the stage's params",
  });
}

const badParam = (name: string, value: unknown, rule: ParamRule, builtin: string): LockstepError =>
  new LockstepError('E_CONFIG_VALUE', {
    what: `param ${name} of the built-in ${builtin} is ${JSON.stringify(value)}`,
    where: { file: 'pipeline.yaml' },
    allowed: describe(rule),
    fix: `correct ${name} under params`,
  });

const seed: ParamRule = {
  kind: 'number',
  default: 0,
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  integer: true,
};
/** `cycles` keeps a calendar part only where the training rows span its cycle twice. */
const dates: ParamRule = { kind: 'choice', default: 'all', of: ['all', 'cycles'] };
const unknown: ParamRule = { kind: 'choice', default: 'ignore', of: ['ignore', 'error'] };

export const treesParams: ParamRules = {
  trees: { kind: 'number', default: 100, least: 1, most: 5000, integer: true },
  'learning-rate': { kind: 'number', default: 0.1, least: 1e-6, most: 1 },
  leaves: { kind: 'number', default: 31, least: 2, most: 1024, integer: true },
  depth: { kind: 'number', default: null, least: 1, most: 64, integer: true },
  'min-child': { kind: 'number', default: 20, least: 1, most: 1e9, integer: true },
  lambda: { kind: 'number', default: 0, least: 0, most: 1e9 },
  bins: { kind: 'number', default: 256, least: 4, most: 256, integer: true },
  seed,
  unknown,
  dates,
};

export const linearParams: ParamRules = {
  lambda: { kind: 'number', default: 1, least: 0, most: 1e9 },
  seed,
  unknown,
  dates,
};

export const splitParams: ParamRules = {
  'test-share': { kind: 'number', default: 0.2, least: 0.01, most: 0.9 },
  time: { kind: 'text', default: null },
  seed,
};
