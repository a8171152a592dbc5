import type { Facts, RemoteFacts } from './facts.ts';

/** One kind of ref that Lockstep keeps the truth in, and what nobody else may do to it. */
export interface GuardedRef {
  readonly id: string;
  readonly title: string;
  readonly target: 'tag' | 'branch';
  /** Patterns of which the ruleset must name each. */
  readonly refs: (branch: string, defaultBranch: string) => readonly string[];
  readonly rules: readonly string[];
  readonly who: string;
}

export const guardedRefs: readonly GuardedRef[] = [
  {
    id: 'tags-versions',
    title: 'Version tags are made by the workflow and never moved or deleted',
    target: 'tag',
    refs: () => ['refs/tags/*@*'],
    rules: ['creation', 'update', 'deletion'],
    who: 'GitHub Actions makes them; nobody moves or deletes them',
  },
  {
    id: 'tags-promotions',
    title: 'Promotion tags are made by maintainers and never moved or deleted',
    target: 'tag',
    refs: () => ['refs/tags/*#*'],
    rules: ['creation', 'update', 'deletion'],
    who: 'maintainers and GitHub Actions make them; nobody moves or deletes them',
  },
  {
    id: 'branch-environments',
    title: 'Only the workflows write the branch environments',
    target: 'branch',
    refs: (branch) => [`refs/heads/${branch}`],
    rules: ['creation', 'update', 'deletion', 'non_fast_forward'],
    who: 'GitHub Actions alone writes it',
  },
  {
    id: 'branch-default',
    title: 'The default branch changes by reviewed pull requests alone',
    target: 'branch',
    refs: () => ['~DEFAULT_BRANCH'],
    rules: ['deletion', 'non_fast_forward', 'pull_request', 'required_status_checks'],
    who: 'people, by pull requests',
  },
];

/**
 * Rules for the branch of promotions are asked for where it is a branch of this repository, and none but the default
 * one, whose own rules hold then. Where people merge promotions, it takes pull requests in the place of the workflows.
 */
export function guardedHere(
  { gitops }: Facts['local'],
  { defaultBranch }: RemoteFacts,
): readonly GuardedRef[] {
  const isOther = gitops.repository !== null || gitops.branch === defaultBranch;
  return guardedRefs.flatMap((guarded) => {
    if (guarded.id !== 'branch-environments') return [guarded];
    if (isOther) return [];
    return gitops.mode === 'pull-request' ? [{ ...guarded, ...merged }] : [guarded];
  });
}

const merged = {
  title: 'Promotions are merged by pull requests alone',
  rules: ['deletion', 'non_fast_forward', 'pull_request'],
  who: 'people, by pull requests',
} as const;
