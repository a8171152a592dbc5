import { t as judgeHandover } from "./judge.js";
import { D as loadKey } from "./registry.js";
import { A as readTree, Ct as LockstepError, E as findIsolation, L as readAtCommit, R as resolveCommit, St as writeAtomic, Tt as isLockstepError, d as shown, dt as canonicalJson, q as parseYaml, t as init_workspace } from "./workspace.js";
import { t as chooseBase } from "./base2.js";
import { t as changedModels } from "./changed-models.js";
import { i as parseModelFile } from "./model.js";
import { n as lockAt, t as dataDifference } from "./data-difference.js";
import { t as judgedFileName } from "./judged-file.js";
import { t as judgedResult } from "./judged-result.js";
import { n as textOption } from "./option-values.js";
import { t as drawStages } from "./stage-progress.js";
import { join, resolve } from "node:path";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
init_workspace();
const limits = {
	mostBytes: 64e6,
	mostTotal: 512e6
};
const mostDatasets = 200;
const mostNames = 20;
const mostName = 200;
const mostModels = 200;
async function judgedData(workspace, { base, head }) {
	try {
		const sides = [await lockAt(workspace, base), await lockAt(workspace, head)];
		const found = await dataDifference(workspace, ...sides, limits);
		const known = found.some(({ table }) => table !== void 0) ? await namedColumns(workspace, [base, head]) : new Set();
		return found.slice(0, mostDatasets).flatMap((one) => {
			const inside = insideOf(one, known);
			return Object.keys(inside).length === 0 ? [] : [{
				key: one.path,
				...inside
			}];
		});
	} catch (error) {
		if (isLockstepError(error)) return [];
		throw error;
	}
}
function insideOf({ files, table, unread }, known) {
	if (unread) return { unread: unread.code === void 0 ? unread.why : `cannot be read (${unread.code})` };
	if (files) {
		const of = (kind) => files.filter(({ before, after }) => kind === (before && after ? "changed" : after ? "added" : "removed")).length;
		return { files: {
			added: of("added"),
			removed: of("removed"),
			changed: of("changed")
		} };
	}
	if (!table) return {};
	const { rows, content, columns, distributions } = table;
	let unnamed = 0;
	const named = (names) => {
		const shown = names.filter((name) => known.has(name) && name.length <= mostName).slice(0, mostNames);
		unnamed += names.length - shown.length;
		return shown;
	};
	const changed = {
		added: named(columns.added),
		removed: named(columns.removed),
		retyped: named(columns.retyped.map(({ column }) => column))
	};
	const moved = distributions.filter((one) => one.moved);
	return {
		rows: {
			...rows,
			...content ?? {}
		},
		columns: {
			...changed,
			unnamed
		},
		moved: {
			compared: distributions.length,
			count: moved.length,
			columns: moved.filter(({ column }) => known.has(column) && column.length <= mostName).slice(0, mostNames).map(({ column, stabilityIndex }) => ({
				column,
				stabilityIndex
			}))
		}
	};
}
async function namedColumns({ root }, commits) {
	const names = new Set();
	for (const commit of commits) {
		const files = (await readTree(root, commit)).filter(({ path }) => /^models\/[^/]+\/model\.yaml$/.test(path));
		for (const { path } of files.slice(0, mostModels)) {
			const bytes = await readAtCommit(root, commit, path);
			if (bytes === null) continue;
			try {
				const { inputs, output } = parseModelFile(parseYaml(bytes, path));
				for (const name of [...inputs.map((input) => input.name), output.name]) names.add(name);
			} catch (error) {
				if (!isLockstepError(error)) throw error;
			}
		}
	}
	return names;
}
init_workspace();
async function judgeChange(workspace, options) {
	const { out, isolated = false } = options;
	if (existsSync(out)) throw new LockstepError("E_FILE_KIND", {
		what: `${out} is there already`,
		allowed: "a free name",
		fix: "name another folder with --out"
	});
	loadKey(workspace);
	const [base, head] = [await commitOf(workspace, options.base), await commitOf(workspace, options.head)];
	const isolation = isolated ? findIsolation() : void 0;
	const judging = isolation === void 0 ? workspace : {
		...workspace,
		isolation
	};
	mkdirSync(out, { recursive: true });
	try {
		const models = [];
		for (const changed of await changedModels(workspace, {
			base,
			head
		})) models.push(await judgeOne(judging, changed, {
			...options,
			base,
			head
		}));
		const file = {
			v: 1,
			base,
			head,
			judge: await resolveCommit(workspace.root, "HEAD") ?? base,
			isolation: {
				user: isolation?.user ?? false,
				network: isolation?.network ?? false
			},
			models,
			data: await judgedData(workspace, {
				base,
				head
			})
		};
		writeAtomic(join(out, judgedFileName), `${JSON.stringify(file, null, 2)}\n`);
		return file;
	} catch (error) {
		rmSync(out, {
			recursive: true,
			force: true
		});
		throw error;
	}
}
async function commitOf(workspace, revision) {
	return await chooseBase(workspace, revision);
}
async function judgeOne(workspace, { model, why, known, gpu }, { folder, base, head, out, report }) {
	const facts = {
		model,
		why: why.slice(0, 200).map((text) => text.slice(0, 1e3)),
		known,
		gpu,
		quick: false
	};
	const handed = join(folder, model);
	if (!known) return {
		...facts,
		kind: "new"
	};
	if (!existsSync(handed)) return {
		...facts,
		kind: "missing"
	};
	try {
		const options = {
			base,
			expected: {
				model,
				head
			},
			...report ? { report } : {}
		};
		const judged = await judgeHandover(workspace, handed, options);
		writeParts(join(out, model), judged);
		const { report: input, judgement, claims } = judged;
		return {
			...facts,
			kind: "judged",
			quick: claims?.quick === true,
			...claims ? { trained: claims.trained } : {},
			doubt: judged.doubt ?? null,
			baseline: judgement.baselineName,
			tip: judgement.verdicts[0]?.binding.tip ?? null,
			notes: [...input.notes ?? []],
			stages: input.stages
		};
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		rmSync(join(out, model), {
			recursive: true,
			force: true
		});
		return {
			...facts,
			kind: "refused",
			code: error.code,
			reason: error.message.slice(0, 4e3)
		};
	}
}
function writeParts(folder, { judgement, report, files }) {
	const json = (name, value) => writeAtomic(join(folder, name), canonicalJson(value));
	json("evaluation.json", judgement.evaluation);
	json("baseline.json", judgement.baseline);
	json("comparison.json", judgement.comparison);
	json("record.json", report.run);
	writeAtomic(join(folder, "report.html"), readFileSync(files.report));
}
init_workspace();
const command = {
	name: "judge",
	summary: "judge a candidate that somebody handed over, by the base commit alone",
	positionals: "<folder>",
	options: {
		base: { type: "string" },
		all: { type: "boolean" },
		head: { type: "string" },
		out: { type: "string" },
		isolated: { type: "boolean" }
	},
	help: {
		base: "revision whose policy, rows and model.yaml judge (default: where HEAD left the default branch of origin)",
		all: "the folder holds one folder a model: judge all that the change from --base to --head touches",
		head: "commit of the change, of which nothing is run (with --all)",
		out: "folder for what `gate` and `report` read; must not be there (with --all)",
		isolated: "score as another user and without network, as far as this machine can"
	},
	async run(input) {
		return input.values.all === true ? judgeAll(input) : judgeFolder(input);
	}
};
async function judgeFolder({ workspace, cwd, positionals, values }) {
	const apart = values.isolated === true ? {
		...workspace,
		isolation: findIsolation()
	} : workspace;
	const judged = await judgeHandover(apart, resolve(cwd, positionals[0]), {
		report: drawStages(),
		...typeof values.base === "string" ? { base: values.base } : {}
	});
	return judgedResult(workspace, judged);
}
async function judgeAll({ workspace, cwd, positionals, values }) {
	const out = resolve(cwd, textOption(values, "out", "judge --all"));
	const file = await judgeChange(workspace, {
		folder: resolve(cwd, positionals[0]),
		base: textOption(values, "base", "judge --all"),
		head: textOption(values, "head", "judge --all"),
		out,
		isolated: values.isolated === true,
		report: drawStages()
	});
	const lines = file.models.map(({ model, kind, reason }) => `  ${model}  ${reason ?? kind}`);
	return {
		json: file,
		text: [
			`${file.models.length} models that the change touches`,
			...lines,
			`written to ${shown(workspace, out)}`
		].join("\n")
	};
}
export { command };
