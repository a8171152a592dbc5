import type { Digest } from '../../workspace/index.ts';
import type { CanaryPlan } from './canary/plan.ts';

/** A release that passed `verify` for its environment. */
export interface Release {
  readonly version: string;
  /** `name@sha256:…` */
  readonly image: string;
  readonly imageDigest: Digest;
  readonly modelDigest: Digest;
  /** How many answered requests a new server is asked before it takes over; null for none. */
  readonly replay: number | null;
  /** Whether a second server stands by. */
  readonly spare: boolean;
  /** How it takes over from an older version; null for at once. */
  readonly canary: CanaryPlan | null;
}

/** What one environment's folder asks for. */
export type Wanted = {
  readonly model: string;
  readonly environment: string;
  /** Git's name for the folder's content. */
  readonly tree: string;
} & (
  | { readonly kind: 'release'; readonly release: Release }
  | {
      readonly kind: 'refused';
      readonly version: string | null;
      readonly image: string | null;
      readonly reasons: readonly string[];
    }
);

export const keyOf = ({ model, environment }: { model: string; environment: string }): string =>
  `${model}/${environment}`;
