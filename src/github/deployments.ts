import type { GitHub } from './api.ts';

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

/**
 * One deployment per model and environment, whatever else is deployed there: GitHub would make all others of the
 * environment inactive, so `auto_inactive` is off and we end the one before ourselves. The same version again adds
 * nothing but a new state.
 */
export async function recordDeployment(
  github: GitHub,
  input: DeploymentInput,
): Promise<'created' | 'updated' | 'unchanged'> {
  const { model, environment, version, image, commit, state, url } = input;
  const task = `lockstep:${model}`;
  const [newest] = await github.ask<Found[]>('GET /repos/{owner}/{repo}/deployments', {
    environment,
    task,
    per_page: 1,
  });
  const payload = { model, version, image };
  const same = newest !== undefined && samePayload(newest.payload, payload);
  const description = input.description.slice(0, 140);
  const needs = 'deployments: write';
  const id = same
    ? newest.id
    : (
        await github.ask<{ id: number }>(
          'POST /repos/{owner}/{repo}/deployments',
          {
            ref: commit,
            task,
            environment,
            description,
            payload,
            auto_merge: false,
            required_contexts: [],
            production_environment: environment === 'production',
          },
          { needs },
        )
      ).id;
  if (same && (await lastState(github, id)) === state) return 'unchanged';
  const setState = (deployment: number, value: string) =>
    github.ask(
      'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
      { deployment_id: deployment, state: value, description, log_url: url, auto_inactive: false },
      { needs },
    );
  await setState(id, state);
  if (!same && newest !== undefined && state === 'success') await setState(newest.id, 'inactive');
  return same ? 'updated' : 'created';
}

async function lastState(github: GitHub, id: number): Promise<string | null> {
  const [status] = await github.ask<{ state: string }[]>(
    'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    {
      deployment_id: id,
      per_page: 1,
    },
  );
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
