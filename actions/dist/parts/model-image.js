import { Q as openStore } from "./data.js";
import { c as readImage, t as buildImage } from "./image.js";
import { a as readModelFile } from "./model.js";
import { Ct as LockstepError, c as modelPath, dt as canonicalJson, t as init_workspace } from "./workspace.js";
import { t as runModel } from "./run2.js";
import { readFileSync } from "node:fs";
init_workspace();
async function buildModelImage(workspace, input) {
	const { done, modelFile, version, revision, platform } = input;
	const { objects, evaluation } = done.judgement;
	const { model } = done.run.pipeline;
	if (objects.model === null || objects.golden === null) throw noModel(model);
	const store = openStore(workspace);
	const metadata = {
		model,
		version,
		modelDigest: objects.model.digest,
		golden: objects.golden,
		task: modelFile.task,
		...evaluation.threshold === void 0 ? {} : { threshold: evaluation.threshold },
		...evaluation.positive === void 0 ? {} : { positive: evaluation.positive }
	};
	const source = sourceOf(process.env);
	const built = await buildImage(workspace, {
		model,
		version,
		...revision === void 0 ? {} : { revision },
		...platform === void 0 ? {} : { platform },
		...source === null ? {} : { source },
		files: {
			"model.onnx": store.pathOf(objects.model.digest),
			"golden.json": store.pathOf(objects.golden),
			"model.yaml": readFileSync(modelPath(workspace, model, "model.yaml")),
			"metadata.json": Buffer.from(canonicalJson(metadata))
		}
	});
	readBack(workspace, built.name, built.digest);
	return {
		...built,
		modelDigest: objects.model.digest,
		golden: objects.golden
	};
}
const sourceOf = (env) => env.GITHUB_ACTIONS === "true" && env.GITHUB_REPOSITORY ? `${env.GITHUB_SERVER_URL ?? "https://github.com"}/${env.GITHUB_REPOSITORY}` : null;
async function buildUnreleased(workspace, model, platform) {
	const done = await runModel(workspace, model);
	return buildModelImage(workspace, {
		done,
		modelFile: await readModelFile(workspace, model),
		version: `v0.0.0-${done.run.record.fingerprint.slice(7, 19)}`,
		...platform === void 0 ? {} : { platform }
	});
}
const noModel = (model) => new LockstepError("E_RUN_MISSING", {
	what: `${model} has no ONNX model to put into an image`,
	allowed: "evaluate: names an output that is the ONNX model",
	fix: "export the model to ONNX, and add `model: model.onnx` to evaluate"
});
function readBack(workspace, name, digest) {
	const { digest: found } = readImage(workspace, `${name}@${digest}`);
	if (found !== digest) throw new LockstepError("E_IMAGE_LAYOUT", { what: `the layout has ${found} for ${digest}` });
}
export { buildUnreleased as n, sourceOf as r, buildModelImage as t };
