/** Strategies that the model looks at, and changes of the price of each that it sees. */
export const strategies = 3
export const changesSeen = 4

/** Ten-thousandths that a step of the contract's eight bits stands for (PriceWalk.sol). */
const step = 8

/** A change of a price as PriceWalk.push makes a byte of it. @param change in ten-thousandths */
export function changeByte(change: number): number {
  return Math.min(Math.max(Math.trunc(Math.trunc(change) / step) + 128, 0), 255)
}

/** The model's inputs: of each strategy the last changes, the latest first. @param changes by strategy, oldest first */
export function lanesOf(changes: readonly (readonly number[])[]): number[] {
  return changes.flatMap((course) => course.slice(-changesSeen).reverse().map(changeByte))
}
