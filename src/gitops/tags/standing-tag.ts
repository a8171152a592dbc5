import promotionSchema from '../../../docs/schemas/promotion.json' with { type: 'json' };
import {
  type Approval,
  type Envelope,
  hasOrigin,
  listPromotions,
  openStatement,
  type PromotionRecord,
  parseEnvelope,
  promotionPredicate,
  pushAtomic,
  pushRefused,
  remoteRefs,
  type Statement,
  signStatement,
  type Trust,
  writeTagObject,
} from '../../registry/index.ts';
import {
  canonicalJson,
  git,
  isLockstepError,
  LockstepError,
  tryGit,
  type Workspace,
} from '../../workspace/index.ts';
import { readTip } from '../branch/tip.ts';
import type { Effects } from '../effects.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';
import { nextTag } from './next-tag.ts';

/** A promotion that stands in an environment's folder, as its tag says it. */
export interface Standing {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** Of the version. */
  readonly commit: string;
  /** One line for people. */
  readonly summary: string;
  /** As the folder has it. */
  readonly promotion: Envelope;
  /** Given since it was signed, by reviews of the pull request: signed once more, for the tag alone. */
  readonly approvals?: readonly Approval[] | undefined;
}

const mostAttempts = 10;

/**
 * Makes the tag of a promotion whose commit went elsewhere, unless a tag says it already: the newest of the environment
 * with this very promotion, or a newer one by hand that asked for this version. Returns that tag's name. Whoever was cut
 * off before it makes it when started again. Errors: E_GIT_IDENTITY, E_GIT_PUSH_REFUSED, E_PROMOTE_RACE.
 */
export async function standTag(
  workspace: Workspace,
  standing: Standing,
  ident: string,
  effects: Effects,
): Promise<string> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const existing = await tagThatSays(workspace, standing);
    if (existing !== null) return existing;
    const tag = await nextTag(workspace, standing.model, standing.environment);
    if (await effects.perform('tag', () => createTag(workspace, tag, standing, ident))) return tag;
    await readTip(workspace, { tagsOf: standing.model, ask: 'required' });
    await effects.pause(attempt * 10);
  }
  throw new LockstepError('E_PROMOTE_RACE', {
    what: `others took the next promotion tag of ${standing.model} ${mostAttempts} times in a row`,
    fix: 'run the command again: what is written stays, and its tag is made',
  });
}

/** Errors: E_GIT. */
export async function tagThatSays(
  workspace: Workspace,
  {
    model,
    version,
    environment,
    promotion,
  }: Pick<Standing, 'model' | 'version' | 'environment' | 'promotion'>,
): Promise<string | null> {
  const own = (await listPromotions(workspace.root, model)).filter((tag) => tag.environment === environment);
  const messages = await readMessages(workspace, `${model}#${environment}#*`);
  const envelope = canonicalJson(promotion);
  for (const { tag, event, version: tagged } of own.toReversed()) {
    if (event !== 'assign') continue;
    const message = messages.get(tag) ?? '';
    if (message.includes('"payload":')) return message.includes(envelope) ? tag : null;
    if (tagged === version) return tag;
  }
  return null;
}

function withApprovals(
  workspace: Workspace,
  promotion: Envelope,
  approvals: readonly Approval[],
): Promise<Envelope> {
  const statement = JSON.parse(
    Buffer.from(promotion.payload, 'base64').toString(),
  ) as Statement<PromotionRecord>;
  const predicate = { ...statement.predicate, approvals };
  return signStatement(workspace, { ...statement, predicate }, predicate.environment);
}

/** The tag that names a folder's promotion, and the approvals that it adds, as far as a trusted key signed them. */
export async function readApprovals(
  workspace: Workspace,
  {
    model,
    environment,
    promotionEnvelope,
  }: Pick<VerifiedRelease, 'model' | 'environment' | 'promotionEnvelope'>,
  trust: Trust,
): Promise<{ tag: string | null; approvals: readonly Approval[] }> {
  const envelope = canonicalJson(promotionEnvelope);
  const messages = await readMessages(workspace, `${model}#${environment}#*`);
  const [tag, message] = [...messages].find(([, text]) => text.includes(envelope)) ?? [null, ''];
  const added = message.slice(message.indexOf(envelope) + envelope.length).trim();
  if (tag === null || added === '') return { tag, approvals: [] };
  const where = { file: `tag ${tag}` };
  try {
    const kind = { predicateType: promotionPredicate, schema: promotionSchema };
    const context = { where, environment };
    const { statement } = openStatement<PromotionRecord>(parseEnvelope(added, where), trust, kind, context);
    const { approvals, ...rest } = statement.predicate;
    const { approvals: _, ...signed } = predicateOf(promotionEnvelope);
    return { tag, approvals: canonicalJson(rest) === canonicalJson(signed) ? approvals : [] };
  } catch (error) {
    if (isLockstepError(error)) return { tag, approvals: [] };
    throw error;
  }
}

const predicateOf = ({ payload }: Envelope): PromotionRecord =>
  (JSON.parse(Buffer.from(payload, 'base64').toString()) as Statement<PromotionRecord>).predicate;

async function readMessages({ root }: Workspace, pattern: string): Promise<Map<string, string>> {
  const format = '--format=%(refname:strip=2)%00%(contents)%01';
  const text = await git(['for-each-ref', format, `refs/tags/${pattern}`], { cwd: root });
  const entries = text.split('\x01').map((entry) => entry.replace(/^\n/, '').split('\0'));
  return new Map(entries.flatMap(([tag, message]) => (message === undefined ? [] : [[tag!, message]])));
}

/** False when somebody else has that name already. */
async function createTag(
  workspace: Workspace,
  tag: string,
  { commit, summary, promotion, approvals, environment, model, version }: Standing,
  ident: string,
): Promise<boolean> {
  const { root } = workspace;
  const approved = approvals?.length ? [await withApprovals(workspace, promotion, approvals)] : [];
  const message = [summary, ...[promotion, ...approved].map(canonicalJson)].join('\n\n');
  const object = await writeTagObject(root, { tag, commit, ident, message });
  const ref = `refs/tags/${tag}`;
  if (await hasOrigin(root)) {
    const outcome = await pushAtomic(root, { [ref]: object });
    const there = outcome.kind === 'pushed' ? object : (await remoteRefs(root, [ref])).get(ref);
    if (there === undefined && outcome.kind !== 'pushed') {
      const what = `the tag ${tag}, while ${environment} of ${model} names ${version} already`;
      throw pushRefused(what, outcome.reason);
    }
    if (there !== object) return false;
  }
  const { status } = await tryGit(['update-ref', ref, object, '0'.repeat(object.length)], { cwd: root });
  return status === 0 || (await hasOrigin(root));
}
