/** Provenance, seen: a version walked back to its data, every hash computed again, and what is forged refused. */
import { runProvenanceExample } from '#scripts/examples/provenance/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runProvenanceExample)
