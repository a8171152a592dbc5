import { r as runPipeline } from "./pipeline.js";
import { n as readRelease } from "./registry.js";
import { Ct as LockstepError, Tt as isLockstepError, t as init_workspace } from "./workspace.js";
import { t as UsageError } from "./invocation.js";
init_workspace();
async function reproduceModel(workspace, model, version) {
	const { record } = await readRelease(workspace, model, version, { askOrigin: false });
	const clock = performance.now();
	const { outputs, pipeline } = await runPipeline(workspace, model, {
		source: { commit: record.commit },
		force: true
	}).catch((error) => {
		throw isLockstepError(error, "E_DATA_FORGOTTEN") ? forgotten(model, version, error) : error;
	});
	const made = outputs[pipeline.file.evaluate.model ?? ""];
	if (made === void 0) throw new LockstepError("E_RUN_MISSING", {
		what: `${model} at ${record.commit.slice(0, 12)} gives no model`,
		allowed: "evaluate: names an output that is the ONNX model"
	});
	const seconds = Math.round((performance.now() - clock) / 100) / 10;
	const registered = record.modelDigest;
	return {
		model,
		version,
		commit: record.commit,
		registered,
		made: made.digest,
		same: made.digest === registered,
		seconds
	};
}
const forgotten = (model, version, { what, allowed }) => new LockstepError("E_DATA_FORGOTTEN", {
	what: `${model}@${version} cannot be made again: ${what}`,
	allowed,
	fix: "nothing brings the data back; the model itself is in its image"
});
const command = {
	name: "reproduce",
	summary: "make a version again from its commit, and compare the bytes",
	positionals: "<model@version>",
	options: {},
	help: {},
	async run({ workspace, positionals }) {
		const [model, version, ...more] = positionals[0].split("@");
		if (!model || !version || more.length > 0) throw new UsageError("lockstep reproduce takes <model>@<version>, for example churn@v1.2.0");
		const result = await reproduceModel(workspace, model, version);
		const { same, commit, registered, made, seconds } = result;
		return {
			json: result,
			text: same ? `${model}@${version} is the same again, byte for byte: ${registered}\nfrom commit ${commit.slice(0, 12)} in ${seconds} s` : `${model}@${version} came out different from commit ${commit.slice(0, 12)}\n  registered ${registered}\n  made now   ${made}`,
			exit: same ? 0 : 1
		};
	}
};
export { command };
