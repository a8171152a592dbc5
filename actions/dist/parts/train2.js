import { t as trainCandidate } from "./train.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { t as drawStages } from "./stage-progress.js";
import { resolve } from "node:path";
init_workspace();
const command = {
	name: "train",
	summary: "run a pipeline and judge nothing: what a pull request hands over",
	positionals: "<model>",
	options: {
		candidate: { type: "string" },
		quick: { type: "boolean" },
		base: { type: "string" },
		force: { type: "boolean" },
		keep: { type: "boolean" }
	},
	help: {
		candidate: "write what `lockstep judge` takes into this folder, which must be empty or absent",
		quick: "on a sample of the rows, with the params of `quick:` in pipeline.yaml: it can refuse, never pass",
		base: "revision that the change began at (default: where HEAD left the default branch of origin)",
		force: "run every stage again, whatever the cache has",
		keep: "leave the candidate in the registry of images, signed, for later runs that trust this key"
	},
	async run({ workspace, cwd, positionals, values }) {
		const { candidate, base, keep } = values;
		const keeping = keep === true ? await keeper(workspace, positionals[0], candidate) : null;
		const { run, folder, quick } = await trainCandidate(workspace, positionals[0], {
			quick: values.quick === true,
			force: values.force === true,
			report: drawStages(),
			...typeof candidate === "string" ? { folder: resolve(cwd, candidate) } : {},
			...typeof base === "string" ? { base } : {}
		});
		await keeping?.(workspace, folder);
		const { record, outputs, cached, pipeline } = run;
		const { model } = pipeline;
		const lines = Object.entries(outputs).map(([name, { digest, size }]) => `  ${name}  ${size} bytes  ${digest}`);
		return {
			json: {
				model,
				run: record.fingerprint,
				outputs,
				quick,
				cached,
				seconds: record.seconds,
				candidate: folder
			},
			text: [
				`${model}: trained${quick ? " on a sample" : ""}${cached ? ", nothing changed" : ""}`,
				...lines,
				...folder === null ? [] : [`candidate: ${folder}`]
			].join("\n")
		};
	}
};
async function keeper(workspace, model, candidate) {
	if (typeof candidate !== "string") throw new LockstepError("E_USAGE", {
		what: "--keep without --candidate",
		allowed: "a folder whose files are kept",
		fix: "add --candidate <folder>"
	});
	const { checkKeepable, keepTrained } = await import("./kept-run2.js");
	checkKeepable(workspace, model);
	return keepTrained;
}
export { command };
