import { setTimeout as sleep } from 'node:timers/promises';
import { askGolden, type GoldenAnswer } from './ask-golden.ts';
import { readGolden, readMetadata } from './served-files.ts';

export interface ServedAnswer extends GoldenAnswer {
  readonly model: string;
  readonly version: string;
  readonly url: string;
  /** Whether this version answered every request as it was judged. */
  readonly right: boolean;
}

/**
 * Asks the golden requests of the model in `folder` at an address, until this very version has answered them all as it
 * was judged, or has answered one otherwise, or `seconds` are over: while a cluster changes from one version to the
 * next, either may answer. Errors: E_SERVE_START, E_DIGEST_MISMATCH.
 */
export async function askServed(folder: string, url: string, seconds: number): Promise<ServedAnswer> {
  const metadata = readMetadata(folder);
  const golden = readGolden(folder, metadata);
  const { model, version } = metadata;
  for (const end = Date.now() + seconds * 1000; ; await sleep(1000)) {
    const answer = await askGolden(url, golden, version);
    const right = answer.asked > 0 && answer.equal === answer.asked;
    if (right || answer.otherwise! > 0 || Date.now() >= end) return { model, version, url, right, ...answer };
  }
}
