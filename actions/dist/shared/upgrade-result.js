const upgradeResult = null;
export { upgradeResult };
