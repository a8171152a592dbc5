// From DVC, Git LFS, folders, lists of addresses and descriptions of datasets into data.lock. Loaded by its command alone.
export { type AboutProposal, proposeAbout } from './about-lines.ts';
export { bringIn } from './bringing-in.ts';
export { croissantOffer } from './croissant.ts';
export { readDatasetCard } from './dataset-card.ts';
export { dvcOffer } from './dvc.ts';
export { folderOffer } from './folder.ts';
export { lfsOffer } from './lfs.ts';
export { urlListOffer } from './url-list.ts';
export type { Offer } from './wanted-file.ts';
