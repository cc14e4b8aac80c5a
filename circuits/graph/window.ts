import type { Window } from '#circuits/graph/graph.js'

/** No kernel, stride, dilation or pad is larger: real windows stay far below. */
export const windowLimit = 65_536

/** The window along one spatial axis. */
export interface WindowAxis {
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly padBefore: number
  readonly padAfter: number
}

/** The part of a window that lies along `axis`: 0 is vertical, 1 horizontal. */
export function windowAxis(window: Window, axis: 0 | 1): WindowAxis {
  return {
    kernel: window.kernel[axis],
    stride: window.strides[axis],
    dilation: window.dilations[axis],
    padBefore: window.pads[axis],
    padAfter: window.pads[axis + 2] as number,
  }
}

/** Elements from a window's first tap to its last, both included. */
export function windowExtent(axis: WindowAxis): number {
  return (axis.kernel - 1) * axis.dilation + 1
}

/** Number of positions of a window along an axis of `length` elements; below 1 where it does not fit. */
export function windowPositions(axis: WindowAxis, length: number): number {
  const room = length + axis.padBefore + axis.padAfter - windowExtent(axis)
  return Math.floor(room / axis.stride) + 1
}

/** First and last tap (inclusive) of the window at `position` that lie inside; first > last where none does. */
export function tapsInside(axis: WindowAxis, length: number, position: number): readonly [number, number] {
  const start = position * axis.stride - axis.padBefore
  const first = Math.max(0, Math.ceil(-start / axis.dilation))
  const last = Math.min(axis.kernel - 1, Math.floor((length - 1 - start) / axis.dilation))
  return [first, last]
}

/** Whether every position of a window holds at least one element that is not padding. */
export function everyWindowHoldsData(axis: WindowAxis, length: number): boolean {
  const positions = windowPositions(axis, length)
  for (let position = 0; position < positions; position++) {
    const [first, last] = tapsInside(axis, length, position)
    if (first > last) return false
  }
  return true
}
