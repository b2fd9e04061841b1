export default { files: ['*.spec.js', '*.spec.mjs'] };
