import { freshSettings, type Settings } from './settings.ts';

/** What the fake knows of one repository; tests write into it and read from it. */
export interface State {
  readonly owner: string;
  readonly name: string;
  readonly pulls: Pull[];
  readonly reviews: Review[];
  readonly comments: Comment[];
  /** The commit that a branch is at, for pull requests that are opened by its name. */
  branchTip: (branch: string) => string;
  readonly statuses: Status[];
  readonly runs: Run[];
  readonly artifacts: Artifact[];
  readonly approvals: Approval[];
  readonly deployments: Deployment[];
  readonly issues: Issue[];
  /** By login: admin, write, read or none. */
  readonly permissions: Record<string, string>;
  readonly settings: Settings;
  nextId: number;
}

export interface Pull {
  readonly number: number;
  state: 'open' | 'closed';
  merged_at: string | null;
  merge_commit_sha: string | null;
  head: { sha: string; ref: string; repo: Fork | null };
  base: { sha: string; ref: string };
  title?: string;
  body?: string | null;
}

export interface Review {
  readonly pull: number;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly user: { readonly login: string; readonly id: number };
  readonly commit: string;
  readonly time: string;
}

export interface Fork {
  readonly id: number;
  readonly full_name: string;
}

export interface Comment {
  readonly id: number;
  /** Number of the pull request or issue. */
  readonly issue: number;
  body: string;
  readonly user: { readonly login: string };
}

export interface Status {
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly target_url: string | null;
  readonly creator?: { readonly login: string };
  readonly created_at?: string;
}

export interface Run {
  readonly id: number;
  readonly run_attempt: number;
  readonly event: string;
  readonly display_title?: string;
  readonly path: string;
  readonly head_sha: string;
  readonly head_branch: string | null;
  readonly head_repository: Fork | null;
  /** Who started it. */
  readonly actor?: { readonly login: string; readonly id: number };
  status: string;
  conclusion: string | null;
}

export interface Artifact {
  readonly id: number;
  readonly run: number;
  readonly name: string;
  readonly digest: string | null;
  readonly expired: boolean;
  readonly zip: Buffer;
}

export interface Approval {
  readonly run: number;
  readonly state: 'approved' | 'rejected';
  readonly user: { readonly login: string; readonly id: number };
  readonly environment: string;
}

export interface Deployment {
  readonly id: number;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly payload: unknown;
  readonly statuses: { readonly state: string; readonly description: string }[];
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  state: 'open' | 'closed';
  readonly user: { readonly login: string };
}

export const emptyState = (owner: string, name: string): State => ({
  owner,
  name,
  pulls: [],
  reviews: [],
  branchTip: () => '0'.repeat(40),
  comments: [],
  statuses: [],
  runs: [],
  artifacts: [],
  approvals: [],
  deployments: [],
  issues: [],
  permissions: {},
  settings: freshSettings(),
  nextId: 1_000_000,
});
