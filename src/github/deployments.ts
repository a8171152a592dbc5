import type { GitHub } from './api.ts';
import { cutText } from './status.ts';

/** What GitHub's page of deployments shows of one model in one environment. */
export interface DeploymentInput {
  readonly model: string;
  readonly environment: string;
  readonly version: string;
  /** `name@sha256:…` */
  readonly image: string;
  /** Commit of the version. */
  readonly commit: string;
  readonly state: 'success' | 'in_progress' | 'failure';
  readonly description: string;
  /** Of the run that did it. */
  readonly url: string;
}

interface Found {
  readonly id: number;
  readonly payload: unknown;
}

const deployments = '/repos/{owner}/{repo}/deployments';
const statuses = `${deployments}/{deployment_id}/statuses`;
const needs = 'deployments: write';

/**
 * One deployment per model and environment, whatever else is deployed there: GitHub would make all others of the
 * environment inactive, so `auto_inactive` is off and we end the one before ourselves, first: whoever is interrupted there
 * goes on when started again. The same version again adds nothing but a new state. Errors: E_GITHUB_*.
 */
export async function recordDeployment(
  github: GitHub,
  input: DeploymentInput,
): Promise<'created' | 'updated' | 'unchanged'> {
  const { model, environment, version, image, state, url } = input;
  const payload = { model, version, image };
  const [newest, older] = await github.ask<Found[]>(`GET ${deployments}`, {
    environment,
    task: taskOf(input),
    per_page: 2,
  });
  const same = newest !== undefined && samePayload(newest.payload, payload);
  if (same && (await lastState(github, newest.id)) === state) return 'unchanged';
  const id = same ? newest.id : await create(github, input, payload);
  const description = cutText(input.description);
  const setState = (deployment: number, value: string) =>
    github.ask(
      `POST ${statuses}`,
      { deployment_id: deployment, state: value, description, log_url: url, auto_inactive: false },
      { needs, repeatable: true },
    );
  const before = same ? older : newest;
  if (state === 'success' && before && (await lastState(github, before.id)) !== 'inactive')
    await setState(before.id, 'inactive');
  await setState(id, state);
  return same ? 'updated' : 'created';
}

const taskOf = ({ model }: DeploymentInput): string => `lockstep:${model}`;

async function create(github: GitHub, input: DeploymentInput, payload: object): Promise<number> {
  const { id } = await github.ask<{ id: number }>(
    `POST ${deployments}`,
    {
      ref: input.commit,
      task: taskOf(input),
      environment: input.environment,
      description: cutText(input.description),
      payload,
      auto_merge: false,
      required_contexts: [],
      production_environment: input.environment === 'production',
    },
    { needs },
  );
  return id;
}

async function lastState(github: GitHub, id: number): Promise<string | null> {
  const [status] = await github.ask<{ state: string }[]>(`GET ${statuses}`, {
    deployment_id: id,
    per_page: 1,
  });
  return status?.state ?? null;
}

/** GitHub gives a payload back as an object, or as the text it was sent as. */
function samePayload(found: unknown, wanted: { model: string; version: string; image: string }): boolean {
  const value = (typeof found === 'string' ? safeParse(found) : found) as Partial<typeof wanted> | null;
  return value?.model === wanted.model && value.version === wanted.version && value.image === wanted.image;
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
