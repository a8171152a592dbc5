import { w as openGitHub } from "./github.js";
import { p as setSecret } from "../vendor/actions-core.js";
function giveGitToken(token, serverUrl, env = process.env) {
	const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
	setSecret(credentials);
	const key = `http.${serverUrl.replace(/\/+$/, "")}/.extraheader`;
	const first = Number(env.GIT_CONFIG_COUNT ?? 0);
	for (const [index, value] of ["", `AUTHORIZATION: basic ${credentials}`].entries()) {
		env[`GIT_CONFIG_KEY_${first + index}`] = key;
		env[`GIT_CONFIG_VALUE_${first + index}`] = value;
	}
	env.GIT_CONFIG_COUNT = String(first + 2);
}
async function openForge(token, context) {
	const github = await openGitHub(token ?? "", context);
	giveGitToken(token, context.serverUrl);
	return github;
}
export { giveGitToken as n, openForge as t };
