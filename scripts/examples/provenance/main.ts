import { runProvenanceExample } from '#scripts/examples/provenance/run.js'

await runProvenanceExample((text) => void process.stdout.write(`${text}\n`))
