import { t as reviewChange } from "./judged-review.js";
import { R as resolveCommit, t as init_workspace } from "./workspace.js";
import { t as UsageError } from "./invocation.js";
import { n as textOption } from "./option-values.js";
import { resolve } from "node:path";
init_workspace();
const judgedOptions = {
	base: { type: "string" },
	head: { type: "string" }
};
const judgedHelp = {
	base: "commit whose policy decides, as `judge --all` was told",
	head: "commit of the change, as `judge --all` was told"
};
async function reviewed({ workspace, cwd, positionals, values }, command) {
	const commitOf = async (name) => {
		const revision = textOption(values, name, command);
		const commit = await resolveCommit(workspace.root, revision);
		if (commit === null) throw new UsageError(`lockstep ${command} --${name}: no commit "${revision}"`);
		return commit;
	};
	const [base, head] = [await commitOf("base"), await commitOf("head")];
	return reviewChange(workspace, resolve(cwd, positionals[0]), {
		base,
		head
	});
}
export { judgedOptions as n, reviewed as r, judgedHelp as t };
