import { a as statusOf } from "./gitops.js";
const command = {
	name: "status",
	summary: "show what is where: version, since when, observed or not",
	positionals: "[model]",
	options: {},
	help: {},
	async run({ workspace, positionals }) {
		const status = await statusOf(workspace, positionals[0]);
		const note = status.source === "last fetched" ? ["(as last fetched: origin could not be asked)"] : [];
		return {
			json: status,
			text: status.models.length === 0 ? "nothing has been promoted yet" : [...note, ...status.models.flatMap(describeModel)].join("\n")
		};
	}
};
function describeModel({ model, environments, holds }) {
	const width = Math.max(...environments.map(({ environment }) => environment.length), 0);
	return [
		model,
		...environments.flatMap((entry) => describeEnvironment(entry, width)),
		...holds.map(({ version, by, reason }) => `  ${version} is held by ${by}: ${reason}`)
	];
}
function describeEnvironment({ environment, version, image, since, state, running, refused, problem }, width) {
	const seen = state === "observed" ? `observed at ${running?.url}` : state === "other version answers" ? `${running?.version} answers` : state;
	const shortImage = image?.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1…");
	return [
		`  ${[
			environment.padEnd(width),
			version ?? "?",
			shortImage,
			since && `since ${since.slice(0, 16).replace("T", " ")}`,
			seen
		].filter(Boolean).join("  ")}`,
		...problem ? [`    ${problem}`] : [],
		...refused.map((reason) => `    refused: ${reason}`)
	];
}
export { command };
