import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const attacks = [
  ...['replay', 'front-run', 'copied calldata', 'other chain', 're-entrancy'],
  ...['reverting or gas-eating callback', 'fee grief', 'stale version', 'revoked version or grant'],
  ...['stale price', 'double claim'],
]

const [, ...flows] = read('verifier-contracts/docs/attacks.md').split(/^## /m)

test.each(flows.map((flow) => [flow.split('\n', 1)[0]!, flow] as const))(
  '%s answers each attack by tests that exist, or by a reason',
  (_, flow) => {
    const rows = [...flow.matchAll(/^\| ([a-z][^|]*) \| ([^|]+) \|$/gm)].slice(1)
    expect(rows.map(([, attack]) => attack)).toEqual(attacks)
    for (const [, , answer] of rows) {
      for (const [, contract, name] of answer!.matchAll(/`(\w+)\.(test\w*)`/g)) {
        expect(read(`verifier-contracts/test/${contract}.t.sol`).includes(`function ${name}(`), name).toBe(
          true,
        )
      }
      for (const [, file, title] of answer!.matchAll(/`(service\/[^`]+)`: (.*?)(?=, `|$)/g)) {
        expect(read(`test/${file}`).includes(title!), title).toBe(true)
      }
    }
  },
)
