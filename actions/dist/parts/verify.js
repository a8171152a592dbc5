import { t as verifyEnvironments } from "./gitops.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
init_workspace();
const command = {
	name: "verify",
	summary: "check every environment on the branch against its evidence",
	positionals: "",
	options: {},
	help: {},
	async run({ workspace }) {
		const { tip, source, folders, verified, findings } = await verifyEnvironments(workspace);
		const [first, ...more] = findings;
		if (first) {
			for (const finding of more) process.stderr.write(`${finding.message}\n`);
			const { code, what, where, allowed, fix } = first;
			throw more.length === 0 ? first : new LockstepError(code, {
				what: `${what} (first of ${findings.length} findings)`,
				where,
				allowed,
				fix
			});
		}
		const lines = verified.map(({ model, environment, version, image }) => `  ${model} ${environment}: ${version}, ${image}`);
		const asked = source === "last fetched" ? " (as last fetched: origin could not be asked)" : "";
		const text = tip === null ? "nothing has been promoted yet" : [`${folders === 1 ? "the one environment agrees with its" : `all ${folders} environments agree with their`} evidence${asked}`, ...lines].join("\n");
		return {
			json: {
				tip,
				source,
				folders,
				environments: verified.map(({ model, environment, version, image, record }) => ({
					model,
					environment,
					version,
					image,
					modelDigest: record.modelDigest,
					evaluation: record.evaluation
				})),
				findings: []
			},
			text
		};
	}
};
export { command };
