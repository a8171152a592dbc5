import { existsSync } from 'node:fs';
import { error as annotate } from '@actions/core';
import { type Check, parsePolicy, type Verdict } from '../../src/gate/index.ts';
import {
  isLockstepError,
  modelPath,
  type ParsedFile,
  readYaml,
  type Workspace,
} from '../../src/workspace/index.ts';

/** GitHub shows no more errors of one step. */
const mostShown = 10;

/** Marks each check that failed on its line of policy.yaml, once, whatever the number of environments and slices. */
export function annotateChecks(workspace: Workspace, model: string, verdicts: readonly Verdict[]): void {
  const failed = verdicts.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === 'fail'));
  const once = [...new Map(failed.map((result) => [result.id, result])).values()];
  const lines = linesOf(workspace, model);
  for (const { id, check, reason } of once.slice(0, mostShown))
    annotate(`${model}: ${reason}`, { title: id, ...lines(check) });
  if (once.length > mostShown)
    annotate(`${model}: ${once.length - mostShown} more checks failed; the report has all`);
}

/** A policy that isn't in the work tree, or not as it was judged by, has no lines to show. */
function linesOf(
  workspace: Workspace,
  model: string,
): (check: Check) => { file?: string; startLine?: number } {
  const path = modelPath(workspace, model, 'policy.yaml');
  if (!existsSync(path)) return () => ({});
  try {
    const parsed = readYaml(path, `models/${model}/policy.yaml`);
    const places = placesOf(parsed);
    return (check) => {
      const where = places.find((place) => rule(place.check) === rule(check));
      if (where === undefined) return {};
      const { file, line } = parsed.locate(where.path);
      return { file, ...(line === undefined ? {} : { startLine: line }) };
    };
  } catch (error) {
    if (isLockstepError(error)) return () => ({});
    throw error;
  }
}

function placesOf(parsed: ParsedFile): { check: Check; path: (string | number)[] }[] {
  const policy = parsePolicy(parsed);
  const lists: [readonly Check[], string[]][] = [
    [policy.checks, ['checks']],
    ...Object.entries(policy.environments ?? {}).map(([name, { checks }]): [readonly Check[], string[]] => [
      checks ?? [],
      ['environments', name, 'checks'],
    ]),
  ];
  return lists.flatMap(([checks, path]) => checks.map((check, index) => ({ check, path: [...path, index] })));
}

/** What a check asks for; its slice may have been one of many. */
const rule = (check: Check): string =>
  [
    check.metric,
    check['at-least'],
    check['at-most'],
    check['not-worse-than'],
    check.slice === undefined,
  ].join(' ');
