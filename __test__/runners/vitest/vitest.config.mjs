export default { test: { globals: true, testTimeout: 120_000, include: ['*.spec.mjs'] } };
