import { beforeAll, describe, expect, test } from 'vitest'
import { loadNativeAddon } from '#prover/backends/native-addon.js'
import { runnableBuilds } from '../../support/native-builds.js'
import { provenCircuit } from '../../support/proven-circuit.js'

let zkey: Uint8Array
beforeAll(async () => {
  zkey = (await provenCircuit()).zkey
})

/** Where a section's header begins and what it says. */
function sectionsOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const sections: { id: number; header: number; start: number; length: number }[] = []
  for (let at = 12; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at + 4, true))
    sections.push({ id: view.getUint32(at, true), header: at, start: at + 12, length })
    at += 12 + length
  }
  return sections
}

/** A copy with one 32-bit or 64-bit number changed. */
function changed(at: number, value: number | bigint): Uint8Array {
  const copy = zkey.slice()
  const view = new DataView(copy.buffer)
  if (typeof value === 'bigint') view.setBigUint64(at, value, true)
  else view.setUint32(at, value, true)
  return copy
}

describe.each(runnableBuilds)('the %s build refuses by an error', (build) => {
  const refuse = (bytes: Uint8Array, because: string) => {
    const { ProvingKey } = loadNativeAddon(build)!
    expect(() => new ProvingKey(bytes), because).toThrow(Error)
  }

  test('keys cut at, before and behind each border', () => {
    for (const { header, start, length } of sectionsOf(zkey)) {
      for (const border of [header, start, start + length]) {
        for (const end of [border - 1, border, border + 1]) {
          // What lies behind the last section that is read is not missed.
          if (end < sectionsOf(zkey).find(({ id }) => id === 9)!.start)
            refuse(zkey.slice(0, end), `cut at ${end}`)
        }
      }
    }
    for (let end = 0; end < 64; end++) refuse(zkey.slice(0, end), `cut at ${end}`)
  })

  test('sections of lengths that overflow', () => {
    for (const { id, header, length } of sectionsOf(zkey).filter(
      ({ id }) => id > 1 && id !== 3 && id !== 10,
    )) {
      const lengths = [0n, BigInt(length) - 1n, BigInt(length) + 1n, 1n << 32n, 1n << 63n, (1n << 64n) - 1n]
      for (const value of [...lengths, (1n << 64n) - 12n, (1n << 64n) - BigInt(header)]) {
        refuse(changed(header + 4, value), `section ${id} of ${value} bytes`)
      }
      refuse(changed(header, 77), `no section ${id}`)
    }
  })

  test('counts that the sections do not bear out', () => {
    const header = sectionsOf(zkey).find(({ id }) => id === 2)!.start
    const coefficients = sectionsOf(zkey).find(({ id }) => id === 4)!.start
    for (const value of [0, 0x7fffffff, 0x80000000, 0xffffffff]) {
      refuse(changed(header + 72, value), `${value} signals`)
      refuse(changed(header + 76, value || 0xfffffffe), `${value} public signals`)
      refuse(changed(header + 80, value), `a domain of ${value}`)
      refuse(changed(coefficients, value), `${value} coefficients`)
      if (value === 0) continue
      refuse(changed(coefficients + 4, value), `matrix ${value}`)
      refuse(changed(coefficients + 8, value), `row ${value}`)
      refuse(changed(coefficients + 12, value), `signal ${value}`)
    }
    for (let power = 0; power < 32; power++) {
      const view = new DataView(zkey.buffer, zkey.byteOffset)
      if (view.getUint32(header + 80, true) !== 2 ** power)
        refuse(changed(header + 80, 2 ** power), `2^${power}`)
    }
  })

  test('coordinates from the field’s order on', () => {
    for (const { id, start } of sectionsOf(zkey).filter(({ id }) => id >= 5 && id <= 9)) {
      refuse(changed(start + 24, (1n << 64n) - 1n), `a point of section ${id}`)
    }
  })
})
