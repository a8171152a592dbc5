const metadataKeys = {
	categories: "lockstep.categories",
	unknown: "lockstep.unknown",
	numbers: "lockstep.numbers",
	texts: "lockstep.texts"
};
function categoriesOf(metadata) {
	try {
		const parsed = JSON.parse(metadata[metadataKeys.categories] ?? "{}");
		if (parsed === null || typeof parsed !== "object") return {};
		return Object.fromEntries(Object.entries(parsed).filter(([, values]) => Array.isArray(values) && values.every((value) => typeof value === "string")));
	} catch {
		return {};
	}
}
export { metadataKeys as n, categoriesOf as t };
