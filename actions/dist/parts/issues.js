async function openIssueOnce(github, { title, body, marker, update = false }) {
	const line = `<!-- ${marker} -->`;
	const open = await github.list("GET /repos/{owner}/{repo}/issues", {
		state: "open",
		creator: await github.login()
	}, { needs: "issues: read" });
	const text = `${body.trimEnd()}\n\n${line}\n`;
	const found = open.find((issue) => issue.body?.includes(line));
	if (found) {
		if (update && found.body !== text) {
			const change = {
				issue_number: found.number,
				title,
				body: text
			};
			await github.ask("PATCH /repos/{owner}/{repo}/issues/{issue_number}", change, { needs: "issues: write" });
		}
		return {
			number: found.number,
			opened: false
		};
	}
	const { number } = await github.ask("POST /repos/{owner}/{repo}/issues", {
		title,
		body: text
	}, { needs: "issues: write" });
	return {
		number,
		opened: true
	};
}
export { openIssueOnce as t };
