import { existsSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../../docs/schemas/lockstep.json' with { type: 'json' };
import { LockstepError, type Place } from './errors.ts';
import { checkFreeze, type Freeze } from './freeze.ts';
import { checkName } from './names.ts';
import { checkSchema } from './schema.ts';
import { nearest } from './suggestion.ts';
import { type ParsedFile, readYaml } from './yaml-file.ts';

export interface TrustedKey {
  /** Ed25519 public key, SPKI in base64. */
  readonly key: string;
  readonly owner: string;
  /** Environments it may sign for; all when left out. */
  readonly environments?: readonly string[];
}

/**
 * Where no key is kept: whoever may push the branch `environments` adds the key of a run there (`keys.yaml`), and
 * such keys count. This machine's own counts too, since it is added before it signs.
 */
export interface BranchKeys {
  readonly keys: 'environments';
  readonly owner: string;
}

export type TrustEntry = TrustedKey | BranchKeys | TrustedWorkflow;

/** A workflow of GitHub Actions that signs without a key, by a certificate of Sigstore: `docs/formats/keyless.md`. */
export interface TrustedWorkflow {
  readonly keyless: 'github';
  /** `owner/repository/.github/workflows/file.yml`: the one that was started. */
  readonly workflow: string;
  /** The whole ref that it ran at. */
  readonly ref: string;
  /** The workflow with the job that signs and its ref, when the one that was started calls it. */
  readonly signer?: string;
  /** GitHub's number of the repository: names change hands. */
  readonly 'repository-id'?: number;
  /** Trusted root of another instance than the public one: a file of this repository. */
  readonly root?: string;
  /** A repository that is not public may be named in a public log. */
  readonly publish?: boolean;
  readonly owner: string;
  readonly environments?: readonly string[];
}

/** What people should know of a dataset. */
export interface DatasetFacts {
  /** SPDX id, name or address. */
  readonly licence?: string;
  readonly description?: string;
  readonly homepage?: string;
}

export const sourceKinds = ['url', 'bucket', 'sql', 'command'] as const;

/** Where a dataset comes from: exactly one of `sourceKinds` (docs/formats/sources.md). */
export interface Source {
  readonly url?: string;
  /** Environment variable with the token for `url`. */
  readonly bearer?: string;
  readonly bucket?: string;
  readonly sql?: string;
  /** What DuckDB attaches, or `$NAME` of a variable that holds it. */
  readonly from?: string;
  readonly command?: string;
  /** Variables of the host that the command sees. */
  readonly env?: readonly string[];
  /** `90s`, `30m`, `2h`. */
  readonly timeout?: string;
  /** The UTC day that `{date}` stands for: `today` (default), `yesterday`, YYYY-MM-DD. */
  readonly date?: string;
  readonly schedule?: 'daily' | 'weekly' | 'monthly' | 'never';
  readonly licence?: string;
  readonly description?: string;
}

/** What one environment asks for; read where the command runs, in Actions from the default branch. */
export interface EnvironmentRules {
  /** How many people must have approved a promotion. */
  readonly approvals: number;
  readonly freeze: readonly Freeze[];
  /** `automatic`: `lockstep observe` rolls back what fails here, and holds it. */
  readonly rollback: 'automatic' | 'by-hand';
}

/** Where promotions are written: `docs/promotion.md`. */
export interface Gitops {
  readonly branch: string;
  /** `pull-request`: onto a branch of its own, for people to merge. */
  readonly mode: 'push' | 'pull-request';
  /** Another Git repository for the environments, as git takes an address; null for origin. */
  readonly repository: string | null;
}

/** `lockstep.yaml` with the embedded defaults filled in. */
export interface Configuration {
  readonly remote: string;
  /** Repository of an OCI registry, or null for the OCI layout under `.lockstep/images`. */
  readonly images: string | null;
  readonly image: { readonly base?: string };
  /** Promotion order, first to last. */
  readonly environments: readonly string[];
  /** Where an environment answers, when it isn't the local agent's. */
  readonly urls: Readonly<Record<string, string>>;
  /** Environments whose cluster says on the branch's commits what it made of them: `lockstep observe` reads that. */
  readonly statuses: readonly string[];
  /** Of the environments that ask for anything. */
  readonly rules: Readonly<Record<string, EnvironmentRules>>;
  readonly gitops: Gitops;
  readonly trust: readonly TrustEntry[];
  /** By key of data.lock. */
  readonly datasets: Readonly<Record<string, DatasetFacts>>;
  /** Where newer releases of the template come from. */
  readonly upgrade: { readonly from?: string };
  /** By the key of the dataset. */
  readonly sources: Readonly<Record<string, Source>>;
}

type EnvironmentEntry = {
  readonly name: string;
  readonly url?: string;
  readonly observe?: 'status';
} & Partial<EnvironmentRules>;

interface ConfigurationFile
  extends Partial<Omit<Configuration, 'environments' | 'urls' | 'statuses' | 'rules' | 'gitops'>> {
  readonly gitops?: Partial<Gitops>;
  readonly environments?: readonly (string | EnvironmentEntry)[];
}

/** What follows `lockstep/` in the names of statuses that we set ourselves. */
const ownStatuses = ['verdict', 'promote'];

export function readConfigurationFile(root: string): Configuration {
  const path = join(root, 'lockstep.yaml');
  return existsSync(path) ? parseConfiguration(readYaml(path, 'lockstep.yaml')) : parseConfiguration(null);
}

export function parseConfiguration(parsed: ParsedFile | null): Configuration {
  const file = parsed ? checkSchema<ConfigurationFile>(parsed, schema) : {};
  const environments = (file.environments ?? ['dev', 'staging', 'production']).map(
    (entry): EnvironmentEntry => (typeof entry === 'string' ? { name: entry } : entry),
  );
  for (const [index, { name, freeze = [], observe }] of environments.entries()) {
    const where = parsed?.locate(['environments', index]);
    if (observe === 'status' && ownStatuses.includes(name)) {
      throw new LockstepError('E_CONFIG_VALUE', {
        what: `statuses called lockstep/${name} are Lockstep's own`,
        where,
        allowed: `observe: status for environments not called ${ownStatuses.join(' or ')}`,
        fix: 'call the environment otherwise',
      });
    }
    checkName(name, 'environment', where);
    for (const window of freeze) checkFreeze(window, where);
    if (environments.findIndex((other) => other.name === name) === index) continue;
    throw new LockstepError('E_CONFIG_VALUE', {
      what: `the environment "${name}" a second time`,
      where,
      allowed: 'each environment once, in the order of promotion',
      fix: 'remove one of them',
    });
  }
  for (const [key, source] of Object.entries(file.sources ?? {})) {
    const kinds = sourceKinds.filter((kind) => source[kind] !== undefined);
    if (kinds.length === 1) continue;
    throw new LockstepError('E_CONFIG_VALUE', {
      what: `sources.${key} has ${kinds.join(' and ') || 'no source'}`,
      where: parsed?.locate(['sources', key]),
      allowed: `exactly one of ${sourceKinds.join(', ')}`,
    });
  }
  for (const [index, entry] of (file.trust ?? []).entries())
    if ('keyless' in entry) checkNarrow(entry, parsed?.locate(['trust', index]));
  checkNoPassword(file.gitops?.repository ?? null);
  return {
    remote: file.remote ?? 'file:.data',
    images: file.images ?? null,
    image: file.image ?? {},
    environments: environments.map(({ name }) => name),
    urls: Object.fromEntries(environments.flatMap(({ name, url }) => (url ? [[name, url]] : []))),
    statuses: environments.flatMap(({ name, observe }) => (observe === 'status' ? [name] : [])),
    rules: Object.fromEntries(environments.flatMap(rulesOf)),
    gitops: { branch: 'environments', mode: 'push', repository: null, ...file.gitops },
    trust: file.trust ?? [],
    datasets: file.datasets ?? {},
    upgrade: file.upgrade ?? {},
    sources: file.sources ?? {},
  };
}

const rulesOf = ({ name, approvals, freeze, rollback }: EnvironmentEntry): [string, EnvironmentRules][] =>
  approvals === undefined && freeze === undefined && rollback === undefined
    ? []
    : [[name, { approvals: approvals ?? 0, freeze: freeze ?? [], rollback: rollback ?? 'by-hand' }]];

/** Anybody's workflow gets a certificate of the same authority. Errors: E_CONFIG_VALUE. */
function checkNarrow({ workflow, ref, owner }: Partial<TrustedWorkflow>, where: Place | undefined): void {
  if (workflow !== undefined && ref !== undefined) return;
  const lacking = workflow === undefined ? 'workflow' : 'ref';
  throw new LockstepError('E_CONFIG_VALUE', {
    what: `the keyless entry of ${owner} names no ${lacking}: ${lacking === 'ref' ? 'whoever may push a branch could sign' : 'every workflow on GitHub could sign'}`,
    where,
    allowed: 'keyless with workflow and ref',
    fix: 'add workflow: owner/repository/.github/workflows/file.yml and ref: refs/heads/main',
  });
}

/** Errors: E_REMOTE_CREDENTIALS. */
function checkNoPassword(repository: string | null): void {
  const [, scheme, login, rest] = /^(\w+:\/\/)([^/@]*@)(.*)$/.exec(repository ?? '') ?? [];
  // ssh knows people by their keys, and its addresses begin with a name.
  if (login === undefined || (scheme === 'ssh://' && !login.includes(':'))) return;
  throw new LockstepError('E_REMOTE_CREDENTIALS', {
    what: `the repository ${scheme}***@${rest} carries credentials`,
    where: { file: 'lockstep.yaml' },
    allowed: 'an address without a user and password, since it is committed',
    fix: 'take them out of the address, and change the password: it may have been pushed',
  });
}

/** Errors: E_ENV_UNKNOWN. */
export function checkEnvironment(configuration: Configuration, name: string): string {
  if (configuration.environments.includes(name)) return name;
  const near = nearest(name, configuration.environments);
  throw new LockstepError('E_ENV_UNKNOWN', {
    what: `no environment "${name}"`,
    allowed: configuration.environments.join(', '),
    fix: near ? `did you mean "${near}"?` : 'name one of them, or add it to lockstep.yaml',
  });
}
