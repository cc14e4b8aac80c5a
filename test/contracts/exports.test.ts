import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sharedContracts } from '#contracts/generated/shared-contracts.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('the package exports ABIs and addresses', () => {
  const program = `
    const { inferenceOracleAbi } = await import('zkserve/contracts/InferenceOracle')
    const { sharedContracts } = await import('zkserve/contracts/shared-contracts')
    console.log(inferenceOracleAbi.length, sharedContracts.InferenceOracle.address)`
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: root })
  const [entries, address] = printed.toString().trim().split(' ')
  expect(Number(entries)).toBeGreaterThan(10)
  expect(address).toBe(sharedContracts.InferenceOracle.address)
})
