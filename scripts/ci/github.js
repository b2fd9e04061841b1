// GitHub's API, as far as the workflows ask it.
'use strict';

/**
 * @param {'GET' | 'POST' | 'PATCH'} method
 * @param {string} resource below that of the repository, for instance 'releases'
 * @param {object} [body]
 * @returns {Promise<any>} undefined when there is none such
 * @throws {Error} when GitHub refuses
 */
async function ask(method, resource, body) {
  const { GITHUB_API_URL = 'https://api.github.com', GITHUB_REPOSITORY, GITHUB_TOKEN } = process.env;
  const response = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${resource}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${GITHUB_TOKEN}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 404 && method === 'GET') return undefined;
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${resource}: ${response.status} ${text}`);
  return JSON.parse(text);
}

module.exports = { ask };
