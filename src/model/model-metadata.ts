/**
 * What a trainer writes into the metadata of the ONNX file (`metadata_props`), so that who runs the model can say
 * more than the graph can: the categories each column was trained with, and what an unknown one does.
 */
export const metadataKeys = {
  /** JSON: `{column: [value, …]}`. */
  categories: 'lockstep.categories',
  /** `ignore` or `error`. */
  unknown: 'lockstep.unknown',
  /** JSON: names of the columns of the input `numbers` [N, k], where a graph has more than 200 columns. */
  numbers: 'lockstep.numbers',
  /** JSON: names of the columns of the input `texts` [N, m], likewise. */
  texts: 'lockstep.texts',
} as const;

export type Categories = Readonly<Record<string, readonly string[]>>;

/** The categories by column; empty when the file says nothing, or nothing that can be read. */
export function categoriesOf(metadata: Readonly<Record<string, string>>): Categories {
  try {
    const parsed: unknown = JSON.parse(metadata[metadataKeys.categories] ?? '{}');
    if (parsed === null || typeof parsed !== 'object') return {};
    return Object.fromEntries(
      Object.entries(parsed).filter(
        ([, values]) => Array.isArray(values) && values.every((value) => typeof value === 'string'),
      ),
    ) as Categories;
  } catch {
    return {};
  }
}

/** Whether the model was trained to refuse a category it does not know. */
export const refusesUnknown = (metadata: Readonly<Record<string, string>>): boolean =>
  metadata[metadataKeys.unknown] === 'error';
