import { h as repositoryOf } from "./github.js";
import { D as tryGit } from "./workspace.js";
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
