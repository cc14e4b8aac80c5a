import { fieldBytes } from '#prover/curve/bn254.js'
import { CurveEngine } from '#prover/curve/engine.js'
import { FixedBase } from '#prover/setup/fixed-base.js'
import { type GroupName, openGroup } from '#prover/setup/group.js'
import { type MultiplyTask, pointBytes } from '#prover/setup/multiply-task.js'

/** Does tasks on an engine of its own; the table of a group is made at its first task. */
export class Multiplier {
  readonly #engine = new CurveEngine()
  readonly #tables = new Map<GroupName, FixedBase>()

  /** The affine points of the task's scalars; the scalars are overwritten. */
  run({ group, windowBits, scalars }: MultiplyTask): Uint8Array<ArrayBuffer> {
    let table = this.#tables.get(group)
    if (table === undefined) {
      table = new FixedBase(this.#engine, openGroup(this.#engine, group), windowBits)
      this.#tables.set(group, table)
    }
    const points = new Uint8Array((scalars.length / fieldBytes) * pointBytes(group))
    table.multiply(scalars, points)
    scalars.fill(0)
    return points
  }

  /** Overwrites what it worked on. */
  close(): void {
    for (const table of this.#tables.values()) table.wipe()
    this.#engine.destroy()
  }
}
