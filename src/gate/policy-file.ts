import { existsSync } from 'node:fs';
import schema from '../../docs/schemas/policy.json' with { type: 'json' };
import {
  checkSchema,
  type Digest,
  digestOf,
  isName,
  LockstepError,
  modelPath,
  nearest,
  type ParsedFile,
  type Place,
  parseYaml,
  readAtCommit,
  readConfiguration,
  shown,
  type Workspace,
} from '../workspace/index.ts';
import type { Check, Policy } from './policy.ts';

export interface ReadPolicy {
  readonly policy: Policy;
  /** sha256 of the file's bytes. */
  readonly digest: Digest;
  /** Commit it was read at; null when it came from the working tree. */
  readonly commit: string | null;
}

/**
 * The policy of a model as it was at a commit. A model that the commit doesn't know has its policy read from the
 * working tree, told by `commit: null`. Errors: those of `parsePolicy`, E_CONFIG_MISSING, E_ENV_UNKNOWN.
 */
export async function readPolicy(
  workspace: Workspace,
  model: string,
  commit: string | null,
): Promise<ReadPolicy> {
  const path = modelPath(workspace, model, 'policy.yaml');
  const file = shown(workspace, path);
  const committed = commit === null ? null : await readAtCommit(workspace.root, commit, file);
  const bytes = committed ?? readConfiguration(path, file);
  const policy = checkedPolicy(workspace, bytes, committed ? `${file} at ${commit!.slice(0, 12)}` : file);
  return { policy, digest: digestOf(bytes), commit: committed ? commit : null };
}

/**
 * What a change would make the policy: it judges nothing yet, but broken it would stop every run after the merge.
 * Errors: those of `parsePolicy`, E_ENV_UNKNOWN; nothing when there is no policy.yaml.
 */
export function checkProposedPolicy(workspace: Workspace, model: string): void {
  const path = modelPath(workspace, model, 'policy.yaml');
  const file = shown(workspace, path);
  if (existsSync(path)) checkedPolicy(workspace, readConfiguration(path, file), file);
}

function checkedPolicy(workspace: Workspace, bytes: Uint8Array, file: string): Policy {
  // Nothing but blank and comment lines is no document at all, and what it says is: no checks.
  const lines = Buffer.from(bytes).toString().split('\n');
  if (lines.every((line) => /^\s*(#|$)/.test(line))) throw noChecks({ file });
  const parsed = parseYaml(bytes, file);
  const policy = parsePolicy(parsed);
  checkEnvironments(policy, parsed, workspace.configuration.environments);
  return policy;
}

const noChecks = (where: Place): LockstepError =>
  new LockstepError('E_GATE_EMPTY', {
    what: 'no checks',
    where,
    allowed: 'at least one check: a gate with no checks would pass everything',
    fix: 'add a check, such as {metric: roc_auc, at-least: 0.8}',
  });

/**
 * Checks a parsed policy.yaml. Errors, each with its line: E_GATE_EMPTY, E_GATE_OPERATOR (an unknown operator, none,
 * or two), E_METRICS_NAME, E_CONFIG_*.
 */
export function parsePolicy(parsed: ParsedFile): Policy {
  const lists = checkLists(parsed);
  for (const { path, checks } of lists) {
    checks.forEach((check, index) => {
      checkOperator(parsed, [...path, index], check);
    });
  }
  const policy = checkSchema<Policy>(parsed, schema);
  for (const { path } of lists) {
    const checks = path.length === 1 ? policy.checks : policy.environments![String(path[1])]!.checks!;
    checks.forEach((check, index) => {
      checkParts(parsed, [...path, index], check);
    });
  }
  return policy;
}

type Path = readonly (string | number)[];

/** The lists of checks in a file that is not yet known to be a policy. */
function checkLists(parsed: ParsedFile): { path: Path; checks: readonly unknown[] }[] {
  const file = mapping(parsed.value) ?? {};
  if (parsed.value === null || (mapping(parsed.value) && (file.checks ?? null) === null)) {
    throw noChecks(parsed.locate([]));
  }
  const environments = Object.entries(mapping(file.environments) ?? {});
  return [
    { path: ['checks'], value: file.checks },
    ...environments.map(([name, value]) => ({
      path: ['environments', name, 'checks'],
      value: mapping(value)?.checks,
    })),
  ].flatMap(({ path, value }) => (Array.isArray(value) ? [{ path, checks: value as unknown[] }] : []));
}

const mapping = (value: unknown): Readonly<Record<string, unknown>> | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;

const operators = ['at-least', 'at-most', 'not-worse-than'] as const;
const others = ['metric', 'margin', 'confidence', 'slice', 'min-rows', 'from'] as const;
const operatorRule = `exactly one of ${operators.join(', ')}; beside it ${others.join(', ')}`;

/** Before the schema, whose words for a wrong operator would be about keys and choices. */
function checkOperator(parsed: ParsedFile, path: Path, value: unknown): void {
  const check = mapping(value);
  if (!check) return;
  const unknown = Object.keys(check).find((key) => ![...operators, ...others].includes(key as never));
  if (unknown !== undefined) {
    const near = nearest(unknown, [...operators, ...others]);
    throw new LockstepError('E_GATE_OPERATOR', {
      what: `the operator "${unknown}"`,
      where: parsed.locate([...path, unknown]),
      allowed: operatorRule,
      fix: near ? `did you mean "${near}"?` : 'write {metric: roc_auc, at-least: 0.8}, for example',
    });
  }
  const given = operators.filter((operator) => Object.hasOwn(check, operator));
  if (given.length === 1) return;
  throw new LockstepError('E_GATE_OPERATOR', {
    what: given.length === 0 ? 'a check without an operator' : `a check with ${given.join(' and ')}`,
    where: parsed.locate(path),
    allowed: operatorRule,
    fix: given.length === 0 ? 'say what the metric must hold' : 'make it one check for each',
  });
}

/** What only makes sense together. */
function checkParts(parsed: ParsedFile, path: Path, check: Check): void {
  const refuse = (key: keyof Check, allowed: string) => {
    throw new LockstepError('E_CONFIG_KEY', {
      what: `"${key}" in the check of ${check.metric}`,
      where: parsed.locate([...path, key]),
      allowed,
      fix: `remove ${key}`,
    });
  };
  if (check.margin !== undefined && !check['not-worse-than'])
    refuse('margin', 'margin only with not-worse-than');
  if (check['min-rows'] !== undefined && check.slice === undefined)
    refuse('min-rows', 'min-rows only with slice');
  if (check.from === undefined) return;
  if (check['not-worse-than']) refuse('from', 'from only with at-least or at-most');
  if (check.slice !== undefined) refuse('slice', 'no slice beside from: an environment observes the whole');
  if (check.confidence !== undefined) refuse('confidence', 'no confidence beside from');
  if (!isName(check.from)) refuse('from', "an environment's name");
}

/** A misspelt environment would never be judged. */
function checkEnvironments(policy: Policy, parsed: ParsedFile, known: readonly string[]): void {
  const named: [string, Path][] = Object.entries(policy.environments ?? {}).flatMap(([name, { checks }]) => [
    [name, ['environments', name]] as [string, Path],
    ...fromOf(checks ?? [], ['environments', name, 'checks']),
  ]);
  for (const [name, path] of [...named, ...fromOf(policy.checks, ['checks'])]) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new LockstepError('E_ENV_UNKNOWN', {
      what: `the environment "${name}"`,
      where: parsed.locate(path),
      allowed: known.join(', '),
      fix: near ? `did you mean "${near}"?` : 'name one of them, or add it to lockstep.yaml',
    });
  }
}

const fromOf = (checks: readonly Check[], path: Path): [string, Path][] =>
  checks.flatMap(({ from }, index): [string, Path][] =>
    from === undefined ? [] : [[from, [...path, index, 'from']]],
  );
