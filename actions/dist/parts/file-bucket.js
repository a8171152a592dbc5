import { t as init_workspace, xt as temporaryBeside, yt as diskFull } from "./workspace.js";
import { r as makeFolderOf } from "./folder.js";
import { join, relative, sep } from "node:path";
import { createReadStream, statSync } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
init_workspace();
function fileBucket(folder, name) {
	const pathOf = (key) => join(folder, key);
	return {
		name,
		async stat(key) {
			const found = statSync(pathOf(key), { throwIfNoEntry: false });
			return found?.isFile() ? { size: found.size } : null;
		},
		async get(key, { from = 0, to } = { from: 0 }) {
			const path = pathOf(key);
			if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return null;
			const end = to === void 0 ? {} : { end: Math.max(from, to) - 1 };
			return {
				from,
				validator: null,
				contentType: null,
				body: createReadStream(path, {
					start: from,
					...end,
					highWaterMark: 1 << 20
				})
			};
		},
		async put(key, bytes) {
			const target = pathOf(key);
			makeFolderOf(target);
			const copy = temporaryBeside(target);
			try {
				const handle = await open(copy, "wx", 420);
				try {
					await handle.writeFile(bytes);
					await handle.sync();
				} finally {
					await handle.close();
				}
				await rename(copy, target);
			} catch (error) {
				await rm(copy, { force: true });
				throw diskFull(error, target);
			}
		},
		async *list(prefix) {
			const below = join(folder, prefix.slice(0, prefix.lastIndexOf("/") + 1));
			const found = await readdir(below, {
				recursive: true,
				withFileTypes: true
			}).catch(() => []);
			for (const item of found) {
				const path = join(item.parentPath, item.name);
				const stat = item.isFile() ? statSync(path, { throwIfNoEntry: false }) : void 0;
				const key = relative(folder, path).split(sep).join("/");
				if (stat && key.startsWith(prefix)) yield {
					key,
					size: stat.size,
					modified: stat.mtimeMs
				};
			}
		},
		async remove(keys) {
			for (const key of keys) await rm(pathOf(key), { force: true });
		}
	};
}
export { fileBucket };
