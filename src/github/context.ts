import { existsSync, readFileSync } from 'node:fs';
import { LockstepError, parseJson } from '../workspace/index.ts';

/** What a runner tells a job about itself (docs.github.com, "Variables reference"). */
export interface RunContext {
  readonly repository: RepositoryName;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly eventName: string;
  /** The payload of the event; anything in it that comes from outside is hostile. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly ref: string;
  readonly sha: string;
  readonly runId: number;
  readonly runAttempt: number;
  /** Name of the job in its workflow. */
  readonly job: string | null;
  /** `owner/repo/.github/workflows/x.yml@refs/heads/main`, or null outside a workflow. */
  readonly workflowRef: string | null;
  readonly actor: string | null;
}

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** Errors: E_GITHUB_CONTEXT where no repository is named or the event is none, E_JSON_* for a broken one. */
export function readContext(env: NodeJS.ProcessEnv = process.env): RunContext {
  return {
    repository: repositoryOf(env.GITHUB_REPOSITORY),
    apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
    serverUrl: env.GITHUB_SERVER_URL ?? 'https://github.com',
    eventName: env.GITHUB_EVENT_NAME ?? '',
    event: readEvent(env.GITHUB_EVENT_PATH),
    ref: env.GITHUB_REF ?? '',
    sha: env.GITHUB_SHA ?? '',
    runId: Number(env.GITHUB_RUN_ID ?? 0),
    runAttempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1),
    job: env.GITHUB_JOB ?? null,
    workflowRef: env.GITHUB_WORKFLOW_REF ?? null,
    actor: env.GITHUB_ACTOR ?? null,
  };
}

/** No event outside a runner. Errors: E_GITHUB_CONTEXT, E_JSON_*. */
function readEvent(path: string | undefined): RunContext['event'] {
  if (!path) return {};
  if (existsSync(path)) {
    const { value } = parseJson(readFileSync(path), 'the event');
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as RunContext['event'];
  }
  throw new LockstepError('E_GITHUB_CONTEXT', {
    what: `${path} holds no event`,
    allowed: 'GITHUB_EVENT_PATH as a runner sets it: a file with a JSON object',
    fix: 'run this in a workflow, or unset GITHUB_EVENT_PATH',
  });
}

/** Errors: E_GITHUB_CONTEXT. */
export function repositoryOf(text: string | undefined): RepositoryName {
  const [, owner, name] = /^([A-Za-z0-9_.-]{1,100})\/([A-Za-z0-9_.-]{1,100})$/.exec(text ?? '') ?? [];
  if (owner && name) return { owner, name };
  throw new LockstepError('E_GITHUB_CONTEXT', {
    what: text ? `the repository "${text}"` : 'no repository is named',
    allowed: 'GITHUB_REPOSITORY as owner/name, as a runner sets it',
    fix: 'run this in a workflow, or set GITHUB_REPOSITORY',
  });
}

export const runUrl = ({ serverUrl, repository, runId }: RunContext): string =>
  `${serverUrl}/${repository.owner}/${repository.name}/actions/runs/${runId}`;
