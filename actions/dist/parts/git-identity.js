const bot = {
	name: "github-actions[bot]",
	email: "41898282+github-actions[bot]@users.noreply.github.com"
};
function actAsBot(env = process.env) {
	for (const role of ["AUTHOR", "COMMITTER"]) {
		env[`GIT_${role}_NAME`] ??= bot.name;
		env[`GIT_${role}_EMAIL`] ??= bot.email;
	}
}
export { actAsBot as t };
