import { t as judged_default } from "../vendor/schemas-verdicts.js";
import { t as run_default } from "../vendor/schemas.js";
import { n as parseComparison, r as parseEvaluation } from "./evaluation.js";
import { r as readPolicy } from "./gate.js";
import { a as readModelFile, i as parseModelFile } from "./model.js";
import { c as listVersions } from "./registry.js";
import { u as withoutValues } from "./report.js";
import { Ct as LockstepError, L as readAtCommit, Tt as isLockstepError, X as checkSchema, ht as digestOf, q as parseYaml, t as init_workspace, w as parseJson } from "./workspace.js";
import { n as workspaceAt } from "./base2.js";
import { t as changedModels } from "./changed-models.js";
import { n as dataBetween, t as versionAfter } from "./next-version.js";
import { n as partsOfModel, r as quickDoubt, t as judgedFileName } from "./judged-file.js";
import { t as lockConflict } from "./lock-conflict.js";
import { n as worst, t as verdictsOf } from "./verdicts.js";
import { join } from "node:path";
import { lstatSync, readFileSync } from "node:fs";
init_workspace();
const mostManifest = 4194304;
async function reviewChange(workspace, folder, { base, head }) {
	const bytes = readCapped(join(folder, judgedFileName), judgedFileName, mostManifest);
	const file = checkSchema(parseJson(bytes, judgedFileName), judged_default);
	for (const [what, found, wanted] of [[
		"base",
		file.base,
		base
	], [
		"head",
		file.head,
		head
	]]) if (found !== wanted) throw shape(`a judgement of the ${what} ${found}`, wanted);
	const judging = await workspaceAt(workspace, base);
	const told = new Map(file.models.map((model) => [model.model, model]));
	const models = [];
	for (const changed of await changedModels(workspace, {
		base,
		head
	})) {
		const one = told.get(changed.model);
		if (one === void 0) throw shape(`no word about ${changed.model}`, "every model that the change touches");
		models.push(await reviewModel(judging, join(folder, changed.model), changed, one, file));
	}
	const inside = new Map(file.data?.map(({ key, ...facts }) => [key, facts]));
	const data = (await dataBetween(workspace, base, head)).map((change) => {
		const facts = inside.get(change.key);
		return facts === void 0 ? change : {
			...change,
			inside: facts
		};
	});
	const settle = await lockConflict(workspace, head);
	return {
		base,
		head,
		judge: file.judge,
		isolation: file.isolation,
		data,
		...settle === null ? {} : { settle: `${settle} && git push` },
		models
	};
}
async function reviewModel(workspace, folder, { model, why, gpu, known }, told, { base, head }) {
	const facts = {
		model,
		why
	};
	if (!known) return {
		...facts,
		kind: "new"
	};
	if (told.kind === "refused") return {
		...facts,
		kind: "refused",
		code: told.code ?? "E_HANDOVER_SHAPE",
		reason: told.reason ?? "no reason was given"
	};
	if (told.kind !== "judged") return gpu ? {
		...facts,
		kind: "waiting",
		input: null
	} : {
		...facts,
		kind: "missing"
	};
	const parts = readParts(folder, model);
	const { evaluation, comparison } = parts;
	const modelFile = await readModelFile(workspace, model, { commit: base });
	const read = await readPolicy(workspace, model, base);
	const binding = {
		model,
		modelDigest: evaluation.subject.modelDigest,
		run: parts.record.fingerprint,
		lock: null,
		evaluation: parts.digests.evaluation,
		comparison: parts.digests.comparison,
		baseline: told.baseline ?? "the baseline",
		policy: {
			digest: read.digest,
			commit: read.commit
		},
		tip: told.tip ?? null
	};
	const common = {
		evaluation,
		comparison,
		doubt: told.quick ? quickDoubt : told.doubt ?? null,
		now: new Date(),
		binding
	};
	const verdicts = verdictsOf(workspace, {
		...common,
		policy: read.policy
	});
	const version = await wouldBecome(workspace, model, head, parts);
	const input = withoutValues({
		model,
		modelFile,
		evaluation,
		baseline: parts.baseline,
		comparison,
		verdicts,
		run: {
			...parts.record,
			lock: null
		},
		stages: told.stages ?? [],
		data: null,
		notes: told.notes ?? [],
		base,
		head,
		...version === null ? {} : { version }
	});
	const outcome = worst(verdicts.map(({ verdict }) => verdict));
	if (gpu && told.quick && outcome !== "fail") return {
		...facts,
		kind: "waiting",
		input
	};
	const own = await byOwnPolicy(workspace, model, head, read.digest, common);
	return {
		...facts,
		kind: "judged",
		input,
		quick: told.quick,
		own,
		trained: told.trained ?? null
	};
}
function readParts(folder, model) {
	const read = (name) => readCapped(join(folder, name), `${model}/${name}`, partsOfModel[name]);
	const comparisonBytes = read("comparison.json");
	const comparison = parseComparison(comparisonBytes, `${model}/comparison.json`);
	const evaluation = parseEvaluation(read("evaluation.json"), `${model}/evaluation.json`, comparison.candidateEvaluation);
	const baseline = parseEvaluation(read("baseline.json"), `${model}/baseline.json`, comparison.baselineEvaluation);
	const record = checkSchema(parseJson(read("record.json"), `${model}/record.json`), run_default);
	for (const { model: found } of [
		evaluation,
		baseline,
		record
	]) if (found !== model) throw shape(`${found} in the folder of ${model}`, `files of ${model}`);
	return {
		evaluation,
		baseline,
		comparison,
		record,
		digests: {
			evaluation: comparison.candidateEvaluation,
			comparison: digestOf(comparisonBytes)
		}
	};
}
function readCapped(path, name, most) {
	const found = lstatSync(path, { throwIfNoEntry: false });
	if (!found?.isFile()) throw shape(`no file ${name}`, "what `lockstep judge --all` writes");
	if (found.size <= most) return readFileSync(path);
	throw new LockstepError("E_HANDOVER_TOO_LARGE", {
		what: `${name} has ${found.size.toLocaleString("en-US")} bytes`,
		allowed: `at most ${most.toLocaleString("en-US")}`,
		fix: "judge the change again"
	});
}
async function wouldBecome(workspace, model, head, { evaluation, comparison }) {
	const { modelDigest } = evaluation.subject;
	if (modelDigest === null || comparison.baseline.modelDigest === modelDigest) return null;
	const modelFile = await modelFileAt(workspace, model, head);
	return modelFile && versionAfter(workspace, modelFile, await listVersions(workspace.root, model));
}
async function modelFileAt({ root }, model, commit) {
	const path = `models/${model}/model.yaml`;
	const bytes = await readAtCommit(root, commit, path);
	return bytes && await orNull(async () => parseModelFile(parseYaml(bytes, path)));
}
async function byOwnPolicy(workspace, model, head, base, common) {
	const bytes = await readAtCommit(workspace.root, head, `models/${model}/policy.yaml`);
	if (bytes === null || digestOf(bytes) === base) return null;
	return orNull(async () => {
		const { policy } = await readPolicy(workspace, model, head);
		return worst(verdictsOf(workspace, {
			...common,
			policy
		}).map(({ verdict }) => verdict));
	});
}
async function orNull(work) {
	try {
		return await work();
	} catch (error) {
		if (isLockstepError(error)) return null;
		throw error;
	}
}
const shape = (what, allowed) => new LockstepError("E_HANDOVER_SHAPE", {
	what,
	where: { file: judgedFileName },
	allowed,
	fix: "judge the change again"
});
export { reviewChange as t };
