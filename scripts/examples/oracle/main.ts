/** An oracle's watcher, seen: it answers contracts, is killed in the middle, and answers exactly once. */
import { runOracle } from '#scripts/examples/oracle/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runOracle)
