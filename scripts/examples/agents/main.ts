/** Agents that buy and sell proven answers, seen; `npm run example:agents`. */
import { runAgents } from '#scripts/examples/agents/run.js'
import { showExample } from '#scripts/examples/show-example.js'

await showExample(runAgents)
