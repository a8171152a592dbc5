import { l as changeOutcome } from "./report.js";
import { n as judgedOptions, r as reviewed, t as judgedHelp } from "./judged-commits.js";
const exits = {
	success: 0,
	failure: 3,
	pending: 4
};
const command = {
	name: "gate",
	summary: "give the verdict on a change from what `judge --all` measured, by the policy of the base",
	positionals: "<folder>",
	options: judgedOptions,
	help: judgedHelp,
	async run(input) {
		const change = await reviewed(input, "gate");
		const outcome = changeOutcome(change);
		const models = change.models.map((part) => ({
			model: part.model,
			why: part.why,
			kind: part.kind,
			...part.kind === "judged" ? { verdicts: Object.fromEntries(part.input.verdicts.map(({ environment, verdict, reasons }) => [environment, {
				verdict,
				reasons
			}])) } : {}
		}));
		const doubt = models.some(({ verdicts }) => verdicts && Object.values(verdicts).some(({ verdict }) => verdict === "inconclusive"));
		const exit = outcome.state === "success" && doubt ? 4 : exits[outcome.state];
		return {
			json: {
				...outcome,
				models
			},
			text: outcome.description,
			exit
		};
	}
};
export { command };
