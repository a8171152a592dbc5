// Where datasets come from: what `data refresh` fetches, and what it leaves behind about it.
export type { Fetched } from './arriving.ts';
export { fetchBucket } from './bucket-source.ts';
export { type DatedSource, dateSource, dayOf, isDue } from './dated-source.ts';
export {
  type Lineage,
  type Lineages,
  lineageFile,
  parseLineage,
  readLineage,
  writeLineage,
} from './lineage.ts';
export { measure, type Shape, shapeChanges, shapeOf } from './measured.ts';
export { fetchUrl } from './url-source.ts';
