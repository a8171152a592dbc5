async function openIssueOnce(github, { title, body, marker }) {
	const line = `<!-- ${marker} -->`;
	const found = (await github.list("GET /repos/{owner}/{repo}/issues", {
		state: "open",
		creator: await github.login()
	}, { needs: "issues: read" })).find((issue) => issue.body?.includes(line));
	if (found) return {
		number: found.number,
		opened: false
	};
	const { number } = await github.ask("POST /repos/{owner}/{repo}/issues", {
		title,
		body: `${body.trimEnd()}\n\n${line}\n`
	}, { needs: "issues: write" });
	return {
		number,
		opened: true
	};
}
export { openIssueOnce as t };
