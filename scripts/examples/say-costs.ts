import type { Say } from '#service/demo/options.js'

/** Tells the gas of each step, by its name. */
export function sayCosts(costs: ReadonlyMap<string, bigint>, say: Say): void {
  say('Gas')
  for (const [what, gas] of costs) say(`   ${what.padEnd(28)}${gas.toLocaleString('en').padStart(12)}`)
}
