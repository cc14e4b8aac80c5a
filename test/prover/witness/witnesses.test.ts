import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type CompiledCircuit, compileCircuit } from '#prover/compile/compile.js'
import { readR1cs } from '#prover/r1cs/read.js'
import { WitnessCalculator } from '#prover/witness/calculate.js'
import { encodePlan } from '#prover/witness/plan/encode.js'
import { makePlan } from '#prover/witness/plan/make.js'
import { Witnesses, witnessMethod } from '#prover/witness/witnesses.js'

/** x below 2^4, and its square with the context; `advice` has something that no plan knows. */
const sourceOf = (advice: string) => `
  pragma circom 2.1.6;
  include "bits.circom";
  template T() {
    signal input x;
    signal input context;
    signal output y;
    component bits = Bits(4);
    bits.x <== x;
    y <== x * x + context;
    ${advice}
  }
  component main {public [context]} = T();`

const root = 'signal root; root <-- x == 4 ? 2 : 1; root * root === x;'

let circuit: CompiledCircuit
let circom: WitnessCalculator
/** Of a circuit whose bounds say that x is at most `most`. */
let planTo: (most: number) => Uint8Array

beforeAll(async () => {
  circuit = await compileCircuit(sourceOf(''))
  circom = await WitnessCalculator.load(circuit.wasm)
  const r1cs = readR1cs(circuit.r1cs)
  planTo = (most) =>
    encodePlan(
      makePlan(r1cs, [
        { name: 'x', isPublic: false, ranges: [{ lo: 0, hi: most }] },
        { name: 'context', isPublic: true, ranges: [null] },
      ])!,
    )
})

const signals = { x: 9n, context: 5n }

describe('witnesses', () => {
  test('follow the plan, and circom is not read', async () => {
    const readWasm = vi.fn(async () => circuit.wasm)
    const witnesses = Witnesses.load(planTo(15), readWasm, 'plan')
    expect(Buffer.from(await witnesses.calculate(signals))).toEqual(
      Buffer.from(await circom.calculate(signals)),
    )
    expect(readWasm).not.toHaveBeenCalled()
  })

  test('are those of circom where the plan does not cover the input; its code is read once', async () => {
    const readWasm = vi.fn(async () => circuit.wasm)
    const witnesses = Witnesses.load(planTo(7), readWasm, 'plan')
    const expected = Buffer.from(await circom.calculate(signals))
    for (let time = 0; time < 2; time++) {
      expect(Buffer.from(await witnesses.calculate(signals))).toEqual(expected)
    }
    expect(readWasm).toHaveBeenCalledTimes(1)
  })

  test('of inputs that the circuit refuses do not exist', async () => {
    const witnesses = Witnesses.load(planTo(15), async () => circuit.wasm, 'plan')
    await expect(witnesses.calculate({ x: 16n, context: 5n })).rejects.toThrow(
      expect.objectContaining({ code: 'PROVING_FAILED' }),
    )
  })

  test('are those of circom where no plan covers the circuit', async () => {
    const { r1cs, wasm } = await compileCircuit(sourceOf(root))
    const plan = makePlan(readR1cs(r1cs), [
      { name: 'x', isPublic: false, ranges: [{ lo: 0, hi: 15 }] },
      { name: 'context', isPublic: true, ranges: [null] },
    ])
    expect(plan).toBeNull()
    const witnesses = Witnesses.load(encodePlan(plan), async () => wasm, 'plan')
    const calculator = await WitnessCalculator.load(wasm)
    const four = { x: 4n, context: 5n }
    expect(Buffer.from(await witnesses.calculate(four))).toEqual(
      Buffer.from(await calculator.calculate(four)),
    )
  })

  test('are those of circom where the operator asks for that', async () => {
    expect([undefined, 'plan', 'circom'].map(witnessMethod)).toEqual(['plan', 'plan', 'circom'])
    const readWasm = vi.fn(async () => circuit.wasm)
    await Witnesses.load(planTo(15), readWasm, 'circom').calculate(signals)
    expect(readWasm).toHaveBeenCalledTimes(1)
  })
})
