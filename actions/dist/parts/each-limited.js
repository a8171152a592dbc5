async function eachLimited(items, task, atOnce = 8) {
	let next = 0;
	let failure;
	const worker = async () => {
		while (next < items.length && failure === void 0) try {
			await task(items[next++]);
		} catch (error) {
			failure ??= { error };
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
	if (failure) throw failure.error;
}
export { eachLimited as t };
