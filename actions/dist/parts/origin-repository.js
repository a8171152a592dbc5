import { h as repositoryOf } from "./github.js";
import { t as init_workspace, z as tryGit } from "./workspace.js";
init_workspace();
async function originRepository({ root }, env) {
	if (env.GITHUB_REPOSITORY) return repositoryOf(env.GITHUB_REPOSITORY);
	const { status, stdout } = await tryGit([
		"remote",
		"get-url",
		"origin"
	], { cwd: root });
	const [, name] = /github\.com[:/]([^/]+\/[^/]+?)(?:\.git)?\s*$/.exec(status === 0 ? stdout : "") ?? [];
	return name === void 0 ? null : repositoryOf(name);
}
export { originRepository as t };
