import { n as checkCandidateFolder, r as writeCandidate, t as candidateOfRun } from "./candidate.js";
import { t as runModel } from "./run2.js";
import { r as runPipeline } from "./pipeline.js";
import { t as UsageError } from "./invocation.js";
import { t as judgedResult } from "./judged-result.js";
import { t as drawStages } from "./stage-progress.js";
import { resolve } from "node:path";
const command = {
	name: "run",
	summary: "train what changed, judge it against production, write the report",
	positionals: "<model>",
	options: {
		until: { type: "string" },
		base: { type: "string" },
		candidate: { type: "string" },
		force: { type: "boolean" }
	},
	help: {
		until: "run the stages up to this one and stop; nothing is judged",
		base: "revision whose policy and rows judge (default: where HEAD left the default branch of origin)",
		candidate: "write what `lockstep judge` takes into this folder, which must be empty or absent",
		force: "run every stage again, whatever the cache has"
	},
	async run({ workspace, cwd, positionals, values }) {
		const model = positionals[0];
		const [force, report] = [values.force === true, drawStages()];
		const folder = typeof values.candidate === "string" ? resolve(cwd, values.candidate) : null;
		if (folder !== null && values.until !== void 0) throw new UsageError("lockstep run takes --until or --candidate, not both: a candidate is a whole run");
		if (folder !== null) checkCandidateFolder(folder);
		if (typeof values.until === "string") return runUntil(workspace, model, values.until, force, report);
		const done = await runModel(workspace, model, {
			force,
			report,
			...typeof values.base === "string" ? { base: values.base } : {}
		});
		const result = judgedResult(workspace, done);
		if (folder === null) return result;
		await writeCandidate(workspace, folder, candidateOfRun(done));
		return {
			...result,
			text: `${result.text}\ncandidate: ${folder}`
		};
	}
};
async function runUntil(workspace, model, until, force, report) {
	const { record, outputs, cached } = await runPipeline(workspace, model, {
		until,
		force,
		report
	});
	const lines = Object.entries(outputs).map(([name, { digest, size }]) => `  ${name}  ${size} bytes  ${digest}`);
	return {
		json: {
			model,
			run: record.fingerprint,
			outputs,
			cached,
			seconds: record.seconds
		},
		text: [`${model}: up to ${until}${cached ? ", nothing changed" : ""}`, ...lines].join("\n")
	};
}
export { command };
