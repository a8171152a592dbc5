import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/*
 * Takes the operations that Lockstep uses out of GitHub's own OpenAPI description (npm @octokit/openapi, 408 MB), so
 * that a test needs little of it. The interop suite `github-openapi` says whether the two still agree.
 *   node test/fakes/github/extract.ts <folder of @octokit/openapi>
 */

/** What Lockstep asks, as `METHOD path`; a request of any other is refused by the fake. */
export const operations: readonly string[] = [
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
  'GET /repos/{owner}/{repo}/actions/permissions',
  'GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval',
  'GET /repos/{owner}/{repo}/actions/permissions/workflow',
  'GET /repos/{owner}/{repo}/actions/runners',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
  'GET /repos/{owner}/{repo}/actions/workflows',
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
  'GET /repos/{owner}/{repo}/deployments',
  'POST /repos/{owner}/{repo}/deployments',
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'GET /repos/{owner}/{repo}/environments',
  'GET /repos/{owner}/{repo}/immutable-releases',
  'GET /repos/{owner}/{repo}/issues',
  'POST /repos/{owner}/{repo}/issues',
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'GET /repos/{owner}/{repo}/pulls',
  'POST /repos/{owner}/{repo}/pulls',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}',
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'GET /repos/{owner}/{repo}/rulesets',
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}',
  'POST /repos/{owner}/{repo}/statuses/{sha}',
];

type Json = Record<string, unknown>;

/** One operation: its parameters by place, its body, and its answers by status, each a JSON Schema. */
export interface Operation {
  readonly path: Json;
  readonly query: Json;
  readonly body: Json | null;
  readonly answers: Record<string, Json | null>;
}

export interface Description {
  readonly operations: Record<string, Operation>;
  readonly $defs: Json;
}

const dropped = [
  'description',
  'example',
  'examples',
  'title',
  'deprecated',
  'x-github',
  'default',
  'format',
  'readOnly',
  'externalDocs',
  'pattern',
];

/** Of a whole description to what the fake checks by. */
export function extract(whole: Json): Description {
  const components = whole.components as Record<string, Record<string, Json>>;
  const $defs: Json = {};
  const lookUp = (ref: string): unknown =>
    ref
      .split('/')
      .slice(1)
      .reduce<unknown>((value, key) => (value as Json)[key], whole);
  const slim = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(slim);
    if (value === null || typeof value !== 'object') return value;
    const { $ref } = value as { $ref?: string };
    if (typeof $ref === 'string') {
      const name = $ref.split('/').at(-1)!;
      if (!(name in $defs)) {
        $defs[name] = null; // Schemas refer to themselves.
        $defs[name] = slim(components.schemas![name]);
      }
      return { $ref: `#/$defs/${name}` };
    }
    return slimObject(value as Json);
  };
  const slimObject = (schema: Json): Json => {
    const entries = Object.entries(schema).filter(([key]) => !dropped.includes(key) && !key.startsWith('x-'));
    const kept: Json = {};
    for (const [key, value] of entries) {
      // Property names may be called as keywords are.
      kept[key] =
        key === 'properties'
          ? Object.fromEntries(Object.entries(value as Json).map(([name, one]) => [name, slim(one)]))
          : slim(value);
    }
    const { nullable, ...rest } = kept;
    return nullable === true ? asNullable(rest) : rest;
  };
  const resolved = (value: Json): Json =>
    typeof value.$ref === 'string' ? (lookUp(value.$ref) as Json) : value;
  const paths = whole.paths as Record<string, Record<string, Json>>;
  const found = operations.map((operation): [string, Operation] => {
    const [method, path] = operation.split(' ') as [string, string];
    const item = paths[path];
    const source = item?.[method.toLowerCase()];
    if (!source) throw new Error(`no ${operation} in this description`);
    const all = [
      ...((item!.parameters ?? []) as unknown as Json[]),
      ...((source.parameters ?? []) as Json[]),
    ].map(resolved);
    const named = (place: string) =>
      Object.fromEntries(
        all.filter((one) => one.in === place).map((one) => [one.name as string, slim(one.schema)]),
      );
    const content = (part: unknown) => {
      const media = (part as { content?: Record<string, { schema: unknown }> } | undefined)?.content;
      return media?.['application/json'] ? (slim(media['application/json'].schema) as Json) : null;
    };
    const answers = Object.entries(source.responses as Record<string, Json>).map(
      ([status, answer]): [string, Json | null] => [status, content(resolved(answer))],
    );
    return [
      operation,
      {
        path: named('path'),
        query: named('query'),
        body: content(source.requestBody && resolved(source.requestBody as Json)),
        answers: Object.fromEntries(answers),
      },
    ];
  });
  return { operations: Object.fromEntries(found), $defs };
}

/** OpenAPI 3.0's word for what JSON Schema says with a list of types. */
function asNullable(schema: Json): Json {
  if (typeof schema.type === 'string') {
    const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
    return { ...schema, ...values, type: [schema.type, 'null'] };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  const whole = JSON.parse(readFileSync(join(folder!, 'generated/api.github.com.json'), 'utf8')) as Json;
  const bytes = Buffer.from(JSON.stringify(extract(whole)));
  // A tenth of its size that nobody would read, in an archive that every copy carries.
  writeFileSync(join(import.meta.dirname, 'description.json.br'), brotliCompressSync(bytes));
}
