import type { InputColumn, ModelFile } from '../model/index.ts';

/**
 * Whether a request that the old model.yaml allows could be refused by the new one, or its answer mean something
 * else: then the next version is a major one.
 */
export function breaksContract(before: ModelFile, after: ModelFile): boolean {
  if (before.task !== after.task || before.output.name !== after.output.name) return true;
  if (before.output.positive !== after.output.positive || before.output.unit !== after.output.unit)
    return true;
  const now = new Map(after.inputs.map((input) => [input.name, input]));
  const lostOrNarrower = before.inputs.some((input) => !accepts(now.get(input.name), input));
  const known = new Set(before.inputs.map(({ name }) => name));
  const newlyRequired = after.inputs.some((input) => !known.has(input.name) && input.missing === false);
  return lostOrNarrower || newlyRequired;
}

/** Whether every value of the old column is one of the new column. */
function accepts(now: InputColumn | undefined, before: InputColumn): boolean {
  if (now === undefined || now.type !== before.type) return false;
  if (now.missing === false && before.missing !== false) return false;
  const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return (
    (now.minimum ?? least) <= (before.minimum ?? least) && (now.maximum ?? most) >= (before.maximum ?? most)
  );
}
