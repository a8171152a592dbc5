import { type Digest, digestOf, digestOfJson, isName, type Workspace } from '../../workspace/index.ts';
import { type Folder, readFolders, tipAt } from '../branch/tip.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import { currentTrust } from '../promotion/run-key.ts';
import { canaryPlan } from './canary/plan.ts';
import type { Wanted } from './wanted.ts';

const replayAnnotation = 'lockstep/replay';
const spareAnnotation = 'lockstep/spare';
const mostReplayed = 100_000;

/**
 * What every environment folder of a commit of the branch asks for, each verified as `lockstep verify` does. Whose
 * signatures count is read from the base commit, with this machine's own key where none is listed.
 */
export async function readWanted(workspace: Workspace, commit: string): Promise<Wanted[]> {
  const trust = await currentTrust(workspace);
  const folders = await readFolders(workspace, await tipAt(workspace, commit, 'origin'));
  return folders
    .filter(({ model, environment }) => isName(model) && isName(environment))
    .map((folder) => wantedBy(folder, verifyFolder({ ...folder, trust })));
}

function wantedBy(folder: Folder, verdict: ReturnType<typeof verifyFolder>): Wanted {
  const { model, environment, files } = folder;
  const tree = digestOfJson(files.map(({ path, mode, bytes }) => [path, mode, digestOf(bytes)]));
  const where = { model, environment, tree };
  if (verdict.kind === 'refused') {
    const reasons = verdict.findings.map(({ message }) => message);
    return { ...where, kind: 'refused', version: null, image: null, reasons };
  }
  const { record, image, version, annotations } = verdict.release;
  const replay = replayOf(annotations[replayAnnotation]);
  if (replay === 'bad') {
    const reasons = [
      `the annotation ${replayAnnotation}: "${annotations[replayAnnotation]}" is no number from 0 to ${mostReplayed}`,
    ];
    return { ...where, kind: 'refused', version, image, reasons };
  }
  const spare = annotations[spareAnnotation] ?? 'false';
  if (spare !== 'true' && spare !== 'false') {
    const reasons = [`the annotation ${spareAnnotation}: "${spare}" — "true" or "false" is allowed`];
    return { ...where, kind: 'refused', version, image, reasons };
  }
  const canary = canaryPlan(annotations);
  if ('problem' in canary) return { ...where, kind: 'refused', version, image, reasons: [canary.problem] };
  const { modelDigest } = record;
  const imageDigest: Digest = record.image.digest;
  const release = {
    version,
    image,
    imageDigest,
    modelDigest,
    replay,
    spare: spare === 'true',
    canary: canary.plan,
  };
  return { ...where, kind: 'release', release };
}

function replayOf(text: string | undefined): number | null | 'bad' {
  if (text === undefined) return null;
  return /^\d{1,6}$/.test(text) && Number(text) <= mostReplayed ? Number(text) : 'bad';
}
