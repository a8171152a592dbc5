import type { CanaryReport } from './canary/state.ts';
import type { EnvironmentState } from './state.ts';

/** What the agent tells as it happens; `lockstep up --json` prints each as one line, with the time. */
export type AgentEvent =
  | {
      readonly event: 'started';
      readonly pid: number;
      readonly remote: string | null;
      readonly branch: string;
    }
  /** Every folder of the branch's first tip was dealt with. */
  | { readonly event: 'ready'; readonly environments: Readonly<Record<string, EnvironmentState>> }
  | ({ readonly event: 'adopted' | 'died' | 'restarted' } & Named)
  | ({
      readonly event: 'switched';
      readonly from: string | null;
      readonly golden: { readonly asked: number; readonly equal: number };
      /** Answered requests that were replayed first; null when the folder asks for none. */
      readonly replayed: number | null;
      /** What its canary and shadow showed; null when it took over at once. */
      readonly canary: CanaryReport | null;
    } & Named)
  /** A new version answers a share of the requests. */
  | ({
      readonly event: 'canary';
      readonly what: 'begins' | 'continues' | 'paused' | 'next step';
      readonly weight: number;
      readonly step: number;
      readonly steps: number;
      /** Who ordered it; null when it went by its plan. */
      readonly by: string | null;
    } & Named)
  | {
      readonly event: 'refused';
      readonly model: string;
      readonly environment: string;
      readonly version: string | null;
      readonly image: string | null;
      readonly reasons: readonly string[];
      /** What goes on answering. */
      readonly kept: string | null;
    }
  /** The folder again asks for what runs. */
  | ({ readonly event: 'kept' } & Named)
  | { readonly event: 'removed'; readonly model: string; readonly environment: string }
  | { readonly event: 'unreachable'; readonly message: string }
  | { readonly event: 'stopped' };

export interface Named {
  readonly model: string;
  readonly environment: string;
  readonly version: string;
  readonly image: string;
  readonly url: string;
}

export type Report = (event: AgentEvent) => void;
