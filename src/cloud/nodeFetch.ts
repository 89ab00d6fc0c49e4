// Loaded with the first request: a window whose view is never opened does without it.
export { default as fetch, AbortError, FetchError } from 'node-fetch';
