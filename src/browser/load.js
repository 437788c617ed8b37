// What a Rust function cannot say: `import()` is syntax, and a chain of promises costs a tenth of its size here.

// Imports a script and gives its default export, or undefined where it has none. It is not a `<script>`, because Trusted Types
// refuse to set its address; blockers see the same request, of the type "script".
export const script = (url) => import(url).then((module) => module.default);

// Fetches a text file and gives its text. Rejects with the status where that is not 200 to 299.
export const text = (url) => fetch(url).then((response) => (response.ok ? response.text() : Promise.reject(response.status)));
