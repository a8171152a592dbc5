import { registerVersion } from '../release-sandbox.ts';
import { git } from './checker/git.ts';
import { checkOrigin } from './checker/origin.ts';
import { altered, envelopeOf, placeTag, signed, statementIn, zeroDigest } from './forge.ts';
import { carryOut, type Order } from './order.ts';
import { inPairs, type Promised, share } from './promise.ts';
import { makeWorld, type World } from './world.ts';

const tag = 'refs/tags/churn@v1.1.0';
const evil = 'refs/evil';

/** Who moves a tag, to what, and where it is moved. */
interface Move {
  readonly name: string;
  readonly work: Order['work'];
  readonly to: 'another version' | 'the same version, signed anew with another image';
  readonly inClone: boolean;
}

const moves: readonly Move[] = [
  // Without a key: what stands under another tag is all there is to point at.
  { name: 'at origin and here, to another version', work: 'promote', to: 'another version', inClone: true },
  // With a trusted key: origin alone, for the clone is ours.
  {
    name: 'at origin, signed anew',
    work: 'promote',
    to: 'the same version, signed anew with another image',
    inClone: false,
  },
  // A decision that was signed is about digests, whatever becomes of the tag.
  {
    name: 'everywhere, after the decision',
    work: 'deploy',
    to: 'the same version, signed anew with another image',
    inClone: true,
  },
];

/** The tag moves before or after each effect between the gate and the manifest: the digest stays the one that was judged. */
export const movedTagsChangeNoDigest: Promised = async (amount) => {
  const template = await makeTemplate();
  const judged = String(
    (statementIn(envelopeOf(template.origin, 'churn@v1.1.0')).predicate.image as { digest: string }).digest,
  );
  const ran = digestIn(template);
  const effects = ['read', 'objects', 'push', 'read back', 'refs'];
  const points = effects.flatMap((_, index) =>
    (['before', 'after'] as const).map((when) => ({ index, when })),
  );
  const cases = moves.flatMap((move) => points.map((point) => ({ move, ...point })));
  const missed: string[] = [];
  let [changed, refused, unpinned, rendered] = [0, 0, 0, 0];
  await inPairs(share(cases, amount), amount, async ({ move, index, when }) => {
    const world = template.copy('moved');
    const order: Order = {
      ...{ root: world.root, work: move.work, model: 'churn', version: 'v1.1.0', environment: 'dev' },
      ...{ release: '../decision.json', at: { index, when, event: moving(world, move) } },
    };
    const { error } = await carryOut(order);
    const name = `${move.name}, ${when} "${effects[index]}"`;
    const images = [...checkOrigin(world.origin).folders.values()].flatMap((folder) => folder.rendered);
    rendered += images.length;
    unpinned += images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image)).length;
    const now = digestIn(world);
    if (error === null ? now !== judged : now !== ran && now !== judged) {
      changed++;
      missed.push(`${name}: dev names ${now}`);
    }
    if (error !== null) refused++;
    if (error !== null && !/^E_(TAG_MOVED|RECORD_FORMAT): /.test(error)) missed.push(`${name}: ${error}`);
    if (git(world.origin, ['rev-parse', tag]) !== git(world.origin, ['rev-parse', `${evil}/${evilOf(move)}`]))
      missed.push(`${name}: the tag was not moved`);
    world.remove();
  });
  if (unpinned > 0) missed.push(`${unpinned} images without a digest`);
  return {
    words: `${changed} of ${share(cases, amount).length} moves of the tag changed the deployed digest (10 points, ${moves.length} ways; ${refused} refused); ${unpinned} of ${rendered} rendered images without @sha256`,
    missed,
  };
};

const digestIn = ({ origin }: World) =>
  checkOrigin(origin).folders.get('models/churn/environments/dev')?.digest;

const evilOf = ({ to }: Move) => (to === 'another version' ? 'other' : 'resigned');

/** As a shell command, so that it can happen inside the promotion's own process. */
function moving({ origin, root }: World, move: Move): string {
  const places = move.inClone ? [origin, root] : [origin];
  return places.map((at) => `git -C '${at}' update-ref ${tag} ${evil}/${evilOf(move)}`).join('\n');
}

async function makeTemplate(): Promise<World> {
  const world = await makeWorld();
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0']) await registerVersion(world.workspace, version);
  await world.promote('v1.0.0', ['dev']);
  await world.cli(['promote', 'churn', 'v1.1.0', '--to', 'dev', '--decide', '../decision.json']);
  const both = [world.origin, world.root];
  const honest = git(world.origin, ['rev-parse', tag]);
  const statement = statementIn(envelopeOf(world.origin, 'churn@v1.1.0'));
  const image = { ...(statement.predicate.image as { name: string }), digest: zeroDigest };
  const [model] = statement.subject;
  const subject = [model!, { name: image.name, digest: { sha256: zeroDigest.slice(7) } }];
  const envelope = signed(altered(statement, { image }, { subject }), world.key);
  placeTag(both, { tag: 'churn@v1.1.0', commit: String(statement.predicate.commit), envelope });
  for (const at of both) {
    git(at, ['update-ref', `${evil}/resigned`, tag]);
    git(at, ['update-ref', `${evil}/other`, 'refs/tags/churn@v1.2.0']);
    git(at, ['update-ref', tag, honest]);
  }
  await world.pack();
  return world;
}
