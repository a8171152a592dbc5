import type { Envelope, ReleaseFile, Trust } from '../../registry/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { eachFolder, type Folder, type FolderEntries } from '../branch/tip.ts';
import { folderOf, releaseFile } from '../folder/environment-folder.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import { promotionDigest } from '../observation/observed.ts';
import { checkedAhead } from './checked-ahead.ts';
import type { Proven, StatusMemo } from './status-memo.ts';

/** A folder, and what it proves or the first thing that is wrong with it. */
export type Proof = Pick<FolderEntries, 'model' | 'environment'> &
  ({ readonly proven: Proven; readonly problem: null } | { readonly proven: null; readonly problem: string });

/** Only what this machine has not verified before is read and verified now. */
export async function proveFolders(
  workspace: Workspace,
  folders: readonly FolderEntries[],
  trust: Trust,
  memo: Pick<StatusMemo, 'recall' | 'learn'>,
): Promise<Proof[]> {
  const known = folders.map((folder) => ({ folder, proven: memo.recall(folder) }));
  const unknown = known.flatMap(({ folder, proven }) => (proven === null ? [folder] : []));
  const verdicts = new Map<string, Proven | string>();
  for await (const batch of checkedAhead(eachFolder(workspace, unknown), envelopesIn, trust))
    for (const folder of batch)
      verdicts.set(folderOf(folder.model, folder.environment), verdictOn(folder, trust));
  return known.map(({ folder, proven }): Proof => {
    const { model, environment } = folder;
    const verdict = proven ?? verdicts.get(folderOf(model, environment))!;
    if (typeof verdict === 'string') return { model, environment, proven: null, problem: verdict };
    if (proven === null) memo.learn(folder, verdict);
    return { model, environment, proven: verdict, problem: null };
  });
}

function verdictOn(folder: Folder, trust: Trust): Proven | string {
  const verdict = verifyFolder({ ...folder, trust });
  if (verdict.kind === 'refused') return verdict.findings[0]!.message;
  const { version, image, record } = verdict.release;
  const { modelDigest, commit, golden } = record;
  return { version, image, modelDigest, commit, golden, promotion: promotionDigest(verdict.release) };
}

/** As it claims: nothing of it is believed. */
function envelopesIn({ files }: Folder): Envelope[] {
  const { bytes } = files.find(({ path }) => path === releaseFile)!;
  const { record, promotion } = JSON.parse(bytes.toString()) as ReleaseFile;
  return [record, promotion];
}
