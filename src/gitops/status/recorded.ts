import type { Envelope, Trust } from '../../registry/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import type { Tip } from '../branch/tip.ts';
import { folderOf, placeOf } from '../folder/environment-folder.ts';
import { type ObservedFile, provenRecord, readAllObserved } from '../observation/observed.ts';
import { checkedAhead } from './checked-ahead.ts';
import type { Recorded, StatusMemo } from './status-memo.ts';

/** What was recorded of folders, by their path. Only what this machine has not verified before is read and verified now. */
export async function readRecords(
  workspace: Workspace,
  tip: Tip,
  trust: Trust,
  memo: StatusMemo,
): Promise<ReadonlyMap<string, Recorded>> {
  const entries = tip.entries.filter(({ path }) => placeOf(path)?.kind === 'observed');
  const unknown = new Map(
    entries.filter((entry) => memo.recallObserved(entry) === undefined).map((entry) => [entry.path, entry]),
  );
  const files = await readAllObserved(workspace, { ...tip, entries: [...unknown.values()] }, trust);
  const envelopeIn = ({ bytes }: ObservedFile) => [JSON.parse(bytes!.toString()) as Envelope];
  for await (const batch of checkedAhead(files, envelopeIn, trust))
    for (const file of batch) memo.learnObserved(unknown.get(file.path)!, essence(provenRecord(file)));
  const found = new Map<string, Recorded>();
  for (const entry of entries) {
    const place = placeOf(entry.path);
    const recorded = memo.recallObserved(entry);
    if (recorded && place?.kind === 'observed') found.set(folderOf(place.model, place.environment), recorded);
  }
  return found;
}

const essence = (record: Recorded | null): Recorded | null =>
  record && {
    promotion: record.promotion,
    commit: record.commit,
    observed: record.observed,
    verified: record.verified,
  };
