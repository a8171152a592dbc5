import { parse, parseAllDocuments, visit } from 'yaml';
import { canonical, type Envelope, openEnvelope, type Signer, type Statement, sha256 } from './envelope.ts';

export interface File {
  readonly mode: string;
  readonly bytes: Buffer;
}

/** One environment's folder as it was found. */
export interface CheckedFolder {
  /** What is wrong with it; empty means that its digest is proven. */
  readonly problems: readonly string[];
  /** The digest that kustomization.yaml names. */
  readonly digest: string | null;
  /** Of the record, once its signature counts. */
  readonly version: string | null;
  readonly commit: string | null;
  readonly record: Envelope | null;
  readonly promotion: Envelope | null;
  /** Images as kustomize renders them. */
  readonly rendered: readonly string[];
}

interface ImageEntry {
  readonly name?: unknown;
  readonly newName?: unknown;
  readonly newTag?: unknown;
  readonly digest?: unknown;
}

/** Checks a folder's files (by their path in it) against the evidence beside them. */
export function checkFolder(
  model: string,
  environment: string,
  files: ReadonlyMap<string, File>,
  signers: readonly Signer[],
): CheckedFolder {
  const problems: string[] = [];
  const check = (holds: boolean, problem: string) => void (holds || problems.push(problem));
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      problems.push((error as Error).message);
      return null;
    }
  };
  for (const [path, { mode }] of files) check(mode === '100644', `${path} has mode ${mode}`);
  const release = attempt(
    () =>
      JSON.parse(files.get('release.json')!.bytes.toString()) as { record: Envelope; promotion: Envelope },
  );
  check(Object.keys(release ?? {}).join() === 'record,promotion', 'release.json is not {record, promotion}');
  const open = (envelope: Envelope, type: string) => openEnvelope(envelope, signers, type, environment);
  const record = release && attempt(() => open(release.record, 'urn:lockstep:release:v1'));
  const promotion = release && attempt(() => open(release.promotion, 'urn:lockstep:promotion:v1'));
  const kustomization = attempt(() => parse(files.get('kustomization.yaml')!.bytes.toString()) as unknown);
  const images = attempt(() => ((kustomization ?? {}) as { images?: ImageEntry[] }).images ?? []) ?? [];
  const own = images.filter(({ name }) => name === 'model' || name === 'oci://model');
  check(own.length === 1, `${own.length} images called model`);
  check(
    images.every(({ newTag }) => newTag === undefined),
    'an image by tag',
  );
  const rendered = [...files].flatMap(([path, { bytes }]) => renderedImages(path, bytes, images));
  check(rendered.length > 0, 'no manifest has an image');
  for (const image of rendered) check(/@sha256:[0-9a-f]{64}$/.test(image), `the image ${image}`);
  if (release && record && promotion)
    problems.push(...bindings({ model, environment, release, record, promotion, image: own[0], files }));
  if (promotion)
    check(promotion.predicate.kustomization === sha256(canonical(kustomization)), 'another kustomization');
  return {
    problems,
    digest: own[0] ? String(own[0].digest) : null,
    version: record ? String(record.predicate.version) : null,
    commit: record ? String(record.predicate.commit) : null,
    record: release?.record ?? null,
    promotion: release?.promotion ?? null,
    rendered,
  };
}

interface Binding {
  readonly model: string;
  readonly environment: string;
  readonly release: { readonly record: Envelope };
  readonly record: Statement;
  readonly promotion: Statement;
  readonly image: ImageEntry | undefined;
  readonly files: ReadonlyMap<string, File>;
}

/** Every name and digest in one place is the one in the other. */
function bindings({ model, environment, release, record, promotion, image, files }: Binding): string[] {
  const { predicate: said } = record;
  const { predicate: promoted } = promotion;
  const proven = said.image as { name: string; digest: string };
  const verdicts = said.verdicts as Record<string, { verdict: string } | undefined>;
  const digests = promoted.files as Record<string, string>;
  const subjects = ({ subject }: Statement) =>
    subject.map(({ name, digest }) => `${name} sha256:${digest.sha256}`).join();
  const copies = [...files].filter(([path]) => path !== 'kustomization.yaml' && path !== 'release.json');
  const pairs: [string, unknown, unknown][] = [
    ['the digest', image?.digest, proven.digest],
    ["the image's name", String(image?.newName).replace('oci://', ''), proven.name],
    ["the record's model", said.model, model],
    ["the record's verdict", verdicts[environment]?.verdict, 'pass'],
    [
      "the record's subjects",
      subjects(record),
      `${model}/model.onnx ${said.modelDigest as string},${proven.name} ${proven.digest}`,
    ],
    ["the promotion's model", promoted.model, model],
    ["the promotion's environment", promoted.environment, environment],
    ["the promotion's version", promoted.version, said.version],
    ["the promotion's record", promoted.record, sha256(canonical(release.record))],
    ["the promotion's image", promoted.image, `${proven.name}@${proven.digest}`],
    ["the promotion's verdict", promoted.verdict, 'pass'],
    ["the promotion's subjects", subjects(promotion), `${proven.name} ${proven.digest}`],
    [
      'the files',
      copies
        .map(([path]) => path)
        .sort()
        .join(),
      Object.keys(digests).sort().join(),
    ],
    ...copies.map(([path, { bytes }]) => [path, sha256(bytes), digests[path]] as [string, unknown, unknown]),
  ];
  return pairs
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found, expected]) => `${what}: ${String(found)} instead of ${String(expected)}`);
}

/** Images of a manifest after kustomize's `images:`. A kustomization names none itself. */
function renderedImages(path: string, bytes: Buffer, images: readonly ImageEntry[]): string[] {
  if (path === 'kustomization.yaml' || !/\.ya?ml$/.test(path)) return [];
  const found: string[] = [];
  for (const document of parseAllDocuments(bytes.toString(), { logLevel: 'silent' })) {
    visit(document as Parameters<typeof visit>[0], {
      Pair: (_, { key, value }) => {
        const [name, image] = [key, value].map((node) => (node as { value?: unknown } | null)?.value);
        if ((name === 'image' || name === 'storageUri') && typeof image === 'string') found.push(image);
      },
    });
  }
  return found.map((image) => {
    const entry = images.find(({ name }) => name === image);
    return entry ? `${String(entry.newName)}@${String(entry.digest)}` : image;
  });
}
