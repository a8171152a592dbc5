import { C as addData, a as cellText, i as readTable, o as column, s as selectRows } from "./data.js";
import { o as defaultPositive, s as labelsOf } from "./evaluation.js";
import "./gate.js";
import { Ct as LockstepError, St as writeAtomic, _ as bundleFolder, c as modelPath, et as checkName, t as init_workspace, u as pipelinePath, z as tryGit } from "./workspace.js";
import { t as require_dist } from "../vendor/yaml.js";
import { t as UsageError } from "./invocation.js";
import { join, resolve } from "node:path";
import { existsSync, readFileSync } from "node:fs";
function proposePolicy(task) {
	const { metric, limit, simplest } = {
		"binary-classification": {
			metric: "roc_auc",
			limit: .5,
			simplest: "giving every row the same score"
		},
		regression: {
			metric: "r2",
			limit: 0,
			simplest: "predicting the mean for every row"
		}
	}[task];
	return `# What a version of this model must hold before it may go on.
checks:
  # Better than ${simplest}: the lower end of the 95 % interval lies above it.
  - {metric: ${metric}, at-least: ${limit}, confidence: 0.975}
  # Once a version is in production, ask that the next one isn't worse:
  # - {metric: ${metric}, not-worse-than: baseline, margin: 0.005, confidence: 0.95}
`;
}
init_workspace();
const ownNames = ["row_id", "fold"];
function checkTargetName(target, file) {
	if (!ownNames.includes(target)) return;
	throw new LockstepError("E_TABLE_COLUMN", {
		what: `the target is called "${target}", as a column that the split adds`,
		where: { file },
		allowed: `a target of any name but ${ownNames.join(" and ")}`,
		fix: "rename the column"
	});
}
function checkLabels(labels, task, positive) {
	const rows = Array.from({ length: labels.values.length }, (_, row) => row);
	const known = rows.filter((row) => cellText(labels, row) !== null);
	const [left] = selectRows({
		rows: rows.length,
		columns: [labels]
	}, known).columns;
	labelsOf(left, task, positive);
}
function rowIdOf(table, given, file) {
	const name = given ?? table.columns.find((found) => found.name === "row_id")?.name;
	if (name === void 0) return void 0;
	const ids = column(table, name, file);
	const seen = new Set([null]);
	for (let row = 0; row < table.rows; row++) {
		const id = cellText(ids, row);
		if (seen.has(id)) throw new LockstepError("E_TABLE_COLUMN", {
			what: `${id === null ? "no value" : `a second ${id}`} in row ${row + 1} of "${name}", which names the rows`,
			where: { file },
			allowed: "a value of its own in every row",
			fix: given === void 0 ? `rename "${name}", or name another column with --row-id` : "name another one"
		});
		seen.add(id);
	}
	return name;
}
function unusable(table) {
	const found = new Map();
	for (const source of table.columns) {
		if (source.name === "__proto__") found.set(source.name, "JavaScript keeps this name for itself");
		if (source.type === "text") continue;
		const row = source.values.findIndex((value) => Math.abs(Math.fround(value)) === Infinity);
		if (row >= 0) found.set(source.name, `${source.values[row]} in row ${row + 1} is beyond what float32 holds`);
	}
	return found;
}
const decimalComma = /^[+-]?\d+,\d+$/;
function doubts(table, names) {
	return names.flatMap((name) => {
		const source = column(table, name);
		if (source.type === "number") return [];
		const seen = source.values.filter((value) => value !== null);
		return seen.length > 0 && seen.every((value) => decimalComma.test(value)) ? [`${name}: numbers with a decimal comma are read as text; write 1.5, not 1,5`] : [];
	});
}
var import_dist = require_dist();
function proposedFiles(proposal) {
	const { model } = proposal;
	return new Map([
		[`pipelines/${model}/pipeline.yaml`, pipelineYaml(proposal)],
		[`models/${model}/model.yaml`, modelYaml(proposal)],
		[`models/${model}/policy.yaml`, proposal.policy],
		...deployFiles(model)
	]);
}
function pipelineYaml({ model, dataset, target, positive, rowId, time, folds, slices }) {
	const byFolds = folds !== void 0;
	const split = {
		uses: "split",
		inputs: [`data:${dataset}`],
		params: [
			"seed",
			...byFolds ? [] : ["test-share"],
			...time ? ["time"] : []
		],
		outputs: byFolds ? ["table.parquet"] : ["train.parquet", "test.parquet"]
	};
	const train = {
		uses: "trees",
		inputs: [byFolds ? "table.parquet" : "train.parquet"],
		params: [
			"seed",
			"trees",
			"learning-rate",
			...time ? ["dates"] : [],
			"unknown"
		],
		outputs: ["model.onnx", ...byFolds ? ["predictions.parquet"] : []]
	};
	const file = {
		"runs-on": "ubuntu-latest",
		params: {
			seed: 7,
			...byFolds ? {} : { "test-share": .2 },
			...time ? { time } : {},
			trees: 100,
			"learning-rate": .1,
			...time ? { dates: "cycles" } : {},
			unknown: "ignore"
		},
		stages: {
			split,
			train
		},
		evaluate: {
			model: "model.onnx",
			...byFolds ? { predictions: "predictions.parquet" } : {},
			data: byFolds ? "table.parquet" : "test.parquet",
			target,
			...positive === void 0 ? {} : { positive },
			"row-id": rowId ?? "row_id",
			...slices.length > 0 ? { slices } : {},
			...byFolds ? { folds } : {}
		}
	};
	return `# How ${model} is made: change what you like, \`lockstep plan\` says what would run.\n${yaml(file)}`;
}
function modelYaml({ model, task, target, positive, inputs }) {
	const file = {
		task,
		description: `${target} of ${model}`,
		owner: "your team",
		inputs,
		output: {
			name: target,
			...positive === void 0 ? {} : { positive }
		}
	};
	return `# What the model takes and gives. Types and ranges were inferred from the table, ranges with room to spare:\n# requests outside them are refused.\n${yaml(file)}`;
}
const yaml = (value) => (0, import_dist.stringify)(value, {
	lineWidth: 120,
	compat: "yaml-1.1"
});
function deployFiles(model) {
	const label = `{app.kubernetes.io/name: ${model}}`;
	const patch = (replicas) => `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${model}\nspec:\n  replicas: ${replicas}\n`;
	const file = (name, text) => [`models/${model}/deploy/${name}`, text];
	return [
		file("kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [deployment.yaml, service.yaml]\n"),
		file("deployment.yaml", `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${model}
  labels: ${label}
spec:
  replicas: 1
  selector:
    matchLabels: ${label}
  template:
    metadata:
      labels: ${label}
    spec:
      securityContext: {runAsNonRoot: true, runAsUser: 65532}
      containers:
        - name: model
          image: model # kustomization.yaml of each environment puts the digest here
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /v2/health/ready, port: http}}
          livenessProbe: {httpGet: {path: /v2/health/live, port: http}}
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {memory: 512Mi}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true}
`),
		file("service.yaml", `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${model}\nspec:\n  selector: ${label}\n  ports: [{name: http, port: 80, targetPort: http}]\n`),
		file("dev.yaml", patch(1)),
		file("staging.yaml", patch(1)),
		file("production.yaml", patch(2))
	];
}
const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const exactFloat32 = 2 ** 24;
const inferInputs = (table, except) => table.columns.filter(({ name }) => !except.includes(name)).map(inferInput);
function inferInput(column) {
	if (column.type === "text") return {
		name: column.name,
		type: isDateColumn(column.values) ? "date" : "category"
	};
	const seen = Float64Array.from(column.values.filter((value) => !Number.isNaN(value)));
	if (seen.length === 0) return {
		name: column.name,
		type: "number"
	};
	if (seen.every((value) => value === 0 || value === 1)) return {
		name: column.name,
		type: "boolean"
	};
	const [low, high] = extent(seen);
	if (Math.max(Math.abs(low), Math.abs(high)) > exactFloat32 && seen.length === column.values.length && seen.every(Number.isSafeInteger)) return {
		name: column.name,
		type: "integer",
		missing: false
	};
	const spare = high - low;
	return {
		name: column.name,
		type: "number",
		minimum: low >= 0 ? 0 : tidy(low - spare),
		maximum: high <= 0 ? 0 : tidy(high + spare)
	};
}
function isDateColumn(values) {
	const seen = values.filter((value) => value !== null);
	return seen.length > 0 && seen.filter((value) => isoDate.test(value)).length >= .95 * seen.length;
}
function extent(values) {
	let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const value of values) {
		if (value < low) low = value;
		if (value > high) high = value;
	}
	return [low, high];
}
function tidy(value) {
	const size = 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 1);
	const rounded = value > 0 ? Math.ceil(value / size) * size : Math.floor(value / size) * size;
	return Number(rounded.toPrecision(6));
}
init_workspace();
const enoughRows = 2e4;
async function initModel(workspace, options) {
	const { model } = options;
	checkName(model, "model");
	refuseExisting(workspace, model);
	const table = await readTable(options.data);
	const { proposal, notes } = propose(table, options);
	const { key } = await addTable(workspace, options);
	const files = proposedFiles({
		...proposal,
		dataset: key
	});
	for (const [path, text] of files) writeAtomic(join(workspace.root, path), text);
	const ignored = await ignoreData(workspace) ? [".gitignore"] : [];
	return {
		...proposal,
		dataset: key,
		rows: table.rows,
		files: [...files.keys(), ...ignored],
		notes
	};
}
async function ignoreData({ root }) {
	const { status } = await tryGit([
		"check-ignore",
		"--quiet",
		"data/x"
	], { cwd: root });
	if (status !== 1) return false;
	const path = join(root, ".gitignore");
	const before = existsSync(path) ? readFileSync(path, "utf8") : "";
	writeAtomic(path, `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}/data/\n`);
	return true;
}
function refuseExisting(workspace, model) {
	for (const path of [pipelinePath(workspace, model), modelPath(workspace, model)]) {
		if (!existsSync(path)) continue;
		throw new LockstepError("E_CONFIG_VALUE", {
			what: `${model} is there already`,
			where: { file: path },
			allowed: "a new name",
			fix: `choose another name, or remove pipelines/${model} and models/${model}`
		});
	}
}
function propose(table, options) {
	const { model, target, time } = options;
	const labels = column(table, target, options.data);
	checkTargetName(target, options.data);
	if (time !== void 0) column(table, time, options.data);
	const rowId = rowIdOf(table, options.rowId, options.data);
	const task = options.task ?? inferTask(labels);
	const positive = task === "binary-classification" ? options.positive ?? defaultPositive(textsOf(labels)) : void 0;
	if (options.positive !== void 0 && task === "binary-classification") checkPositive(labels, options.positive);
	checkLabels(labels, task, positive);
	const leftOut = unusable(table);
	const inputs = inferInputs(table, [
		target,
		...rowId === void 0 ? [] : [rowId],
		...leftOut.keys()
	]);
	if (inputs.length === 0) throw new LockstepError("E_TABLE_COLUMN", {
		what: `no column beside "${target}"`,
		where: { file: options.data },
		allowed: "at least one column to learn from"
	});
	const proposal = {
		model,
		dataset: "",
		task,
		target,
		...positive === void 0 ? {} : { positive },
		...rowId === void 0 ? {} : { rowId },
		...time === void 0 ? {} : { time },
		...table.rows < enoughRows && time === void 0 ? { folds: 5 } : {},
		slices: proposeSlices(table, inputs.filter(({ type }) => type === "category").map(({ name }) => name)),
		inputs,
		policy: proposePolicy(task)
	};
	return {
		proposal,
		notes: notesOn(table, labels, proposal, leftOut)
	};
}
function notesOn(table, labels, { target, inputs }, leftOut) {
	const missing = textsOf(labels).filter((text) => text === null).length;
	return [
		...missing === 0 ? [] : [`${missing} rows without a value of ${target} will be left out`],
		...[...leftOut].map(([name, why]) => `${name}: left out, ${why}`),
		...doubts(table, inputs.map(({ name }) => name))
	];
}
const textsOf = (labels) => Array.from({ length: labels.values.length }, (_, row) => cellText(labels, row));
function inferTask(labels) {
	const different = new Set();
	for (let row = 0; row < labels.values.length && different.size < 3; row++) {
		const text = cellText(labels, row);
		if (text !== null) different.add(text);
	}
	if (different.size === 2) return "binary-classification";
	if (different.size > 2 && labels.type === "number") return "regression";
	throw new LockstepError("E_EVALUATE_TARGET", {
		what: `the target "${labels.name}" has ${different.size > 2 ? "more than two classes" : `${different.size === 0 ? "no values" : "only one value"}`}`,
		allowed: "two classes, or a number",
		fix: "name another column with --target"
	});
}
function checkPositive(labels, positive) {
	const classes = [...new Set(textsOf(labels))].filter((text) => text !== null);
	const spelled = {
		true: "1",
		false: "0"
	}[positive.toLowerCase()] ?? positive;
	if (classes.includes(positive) || classes.includes(spelled)) return;
	throw new LockstepError("E_EVALUATE_TARGET", {
		what: `no row has the positive class "${positive}" in the target "${labels.name}"`,
		allowed: classes.slice(0, 5).sort().join(", "),
		fix: "name one of them with --positive"
	});
}
function proposeSlices(table, names) {
	return names.filter((name) => {
		const values = new Set();
		const source = column(table, name);
		for (let row = 0; row < table.rows && values.size <= 12; row++) values.add(cellText(source, row));
		return values.size >= 2 && values.size <= 12;
	}).slice(0, 3);
}
async function addTable(workspace, { model, data }) {
	const inside = join(workspace.root, "data");
	const name = data.split(/[\\/]/).at(-1);
	const { entry } = await addData(workspace, data, data.startsWith(`${inside}/`) ? {} : { as: `${model}/${name}` });
	return entry;
}
init_workspace();
const tasks = ["binary-classification", "regression"];
const command = {
	name: "init",
	summary: "make a new model from a table: pipeline, model.yaml, policy",
	positionals: "[model]",
	options: {
		data: { type: "string" },
		target: { type: "string" },
		task: { type: "string" },
		positive: { type: "string" },
		"row-id": { type: "string" },
		time: { type: "string" },
		workflows: { type: "boolean" },
		actions: { type: "string" },
		own: { type: "boolean" },
		force: { type: "boolean" }
	},
	help: {
		data: "CSV or Parquet file; it is copied under data/ and locked by its sha256",
		target: "column to predict",
		task: "binary-classification or regression (default: inferred from the target)",
		positive: "the positive class (default: yes, true or 1, else the rarer one)",
		"row-id": "column that names the rows",
		time: "date column: the latest rows are judged",
		workflows: "no model: the workflows for a repository that is no copy of the template",
		actions: "with --workflows: <owner>/<repository>@<commit> that has the actions (default: this release)",
		own: "no model: remove the examples, and what Lockstep's own development needs, from a copy of the template",
		force: "with --workflows or --own: also what was edited"
	},
	async run({ workspace, cwd, positionals, values }) {
		const { data, target, task } = values;
		if (values.workflows === true) return (await import("./init-workflows.js")).initWorkflows(workspace, values);
		if (values.own === true) {
			if (bundleFolder !== null) throw new UsageError("init --own changes a copy of the template, by its own command: ./lockstep init --own");
			return (await import("./init-own.js")).initOwn(workspace, values);
		}
		if (positionals[0] === void 0) throw new UsageError("lockstep init needs <model> — usage: lockstep init <model> --data <file> --target <column>");
		if (typeof data !== "string" || typeof target !== "string") throw new UsageError("lockstep init needs --data <file> and --target <column>");
		if (task !== void 0 && !tasks.includes(task)) throw new UsageError(`--task is one of ${tasks.join(", ")}`);
		const result = await initModel(workspace, {
			model: positionals[0],
			data: resolve(cwd, data),
			target,
			...optional({
				task,
				positive: values.positive,
				rowId: values["row-id"],
				time: values.time
			})
		});
		const { policy: _, ...json } = result;
		const kinds = Object.entries(Object.groupBy(result.inputs, ({ type }) => type)).map(([type, list]) => `${list?.length} ${type}`);
		return {
			json,
			text: [
				`${result.model}: ${result.task} of "${result.target}"${result.positive === void 0 ? "" : ` (positive: ${result.positive})`} from ${result.rows.toLocaleString("en-US")} rows and ${result.inputs.length} columns (${kinds.join(", ")})`,
				...result.files.map((file) => `  ${file}`),
				...result.notes.map((note) => `note: ${note}`),
				"",
				`Next: lockstep run ${result.model}`
			].join("\n")
		};
	}
};
function optional(values) {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== void 0));
}
export { command };
