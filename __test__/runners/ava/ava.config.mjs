export default { timeout: '2m', files: ['*.spec.js', '*.spec.mjs'] };
