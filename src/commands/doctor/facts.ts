import type { Configuration } from '../../workspace/index.ts';

/** Something that was asked of GitHub: its answer, or why there is none. */
export type Known<T> =
  | { readonly kind: 'known'; readonly value: T }
  /** This token may not see it. */
  | { readonly kind: 'hidden' }
  /** This repository's plan has no such thing. */
  | { readonly kind: 'not in this plan' };

export const known = <T>(value: T): Known<T> => ({ kind: 'known', value });
export const hidden: Known<never> = { kind: 'hidden' };
export const noPlan: Known<never> = { kind: 'not in this plan' };

/** A ruleset as far as it matters here. */
export interface Ruleset {
  readonly name: string;
  readonly target: 'branch' | 'tag' | 'push' | 'repository';
  readonly active: boolean;
  /** Patterns of refs, `refs/heads/main` or `~DEFAULT_BRANCH`. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** `creation`, `update`, `deletion`, `non_fast_forward`, `required_status_checks`, `pull_request`, `merge_queue`, … */
  readonly rules: readonly string[];
  /** Contexts of `required_status_checks`. */
  readonly checks: readonly string[];
  /** `pull_request`: must a code owner approve? */
  readonly codeOwners: boolean;
  /** Null where this token may not see them. */
  readonly bypass: readonly string[] | null;
}

export interface EnvironmentFacts {
  readonly name: string;
  readonly reviewers: number;
  readonly preventSelfReview: boolean;
  /** Which branches may deploy: null for all of them. */
  readonly branches: 'protected' | 'custom' | null;
}

/** What GitHub says of the repository. */
export interface RemoteFacts {
  readonly fullName: string;
  readonly url: string;
  readonly private: boolean;
  readonly ownerIsPerson: boolean;
  readonly defaultBranch: string;
  readonly rulesets: Known<readonly Ruleset[]>;
  readonly environments: Known<readonly EnvironmentFacts[]>;
  readonly actions: Known<{ readonly allowed: string; readonly shaPinning: boolean }>;
  readonly token: Known<{ readonly write: boolean; readonly mayApprove: boolean }>;
  readonly forkApproval: Known<string>;
  readonly workflows: Known<readonly { readonly path: string; readonly state: string }[]>;
  readonly selfHosted: Known<number>;
  readonly secretScanning: Known<boolean>;
  readonly immutableReleases: Known<boolean>;
}

/** What the checkout says. */
export interface LocalFacts {
  readonly environments: readonly string[];
  /** Where promotions go. */
  readonly gitops: Configuration['gitops'];
  /** Workflow files by path. */
  readonly workflows: ReadonlyMap<string, string>;
  /** Of those that are ours, the ones that differ from what they are generated from; null where the sources are not here. */
  readonly outdated: readonly string[] | null;
  readonly codeOwners: string | null;
  readonly trust: 'keys' | 'environments' | 'none';
  readonly base: { readonly reference: string; readonly pinned: boolean } | null;
  readonly gpuPipelines: readonly string[];
  /** What is wrong with lockstep.yaml; null when nothing is. */
  readonly configuration: string | null;
}

export interface Facts {
  readonly local: LocalFacts;
  /** Null without a token or a repository on GitHub. */
  readonly remote: RemoteFacts | null;
}
