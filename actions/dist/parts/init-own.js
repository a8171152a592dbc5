const upgradeResult = null;
const initOwn = null;
export { initOwn, upgradeResult };
