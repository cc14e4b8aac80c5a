/**
 * What Piscina starts on a thread. Piscina loads CommonJS by `require` and tries the same with ES modules, during which
 * a thread that is ended takes the whole process of Node 20 with it; `import()` is safe at any time.
 */
export = import('./proof-worker.js').then((program) => program.default)
