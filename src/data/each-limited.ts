/** Transfers and copies at a time: enough to hide latency, few enough for any server. */
export const parallel = 8;

/** Runs one task an item, a few at a time. The first error ends it once those under way are done. */
export async function eachLimited<T>(
  items: readonly T[],
  task: (item: T) => Promise<void>,
  atOnce = parallel,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (next < items.length && failure === undefined) {
      try {
        await task(items[next++]!);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure) throw failure.error;
}
