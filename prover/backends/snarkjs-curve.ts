import { type Curve, curves } from 'snarkjs'

/** snarkjs keeps one engine a thread in this global, and makes one whenever it finds none. */
const shared = globalThis as { curve_bn128?: Curve | null }

/** Back ends that are open in this thread. */
let users = 0
/** What uses the engine comes one after another: it is ended only when nothing runs on it. */
let last: Promise<unknown> = Promise.resolve()

/** Counts a user of the engine; every one must call {@link leaveCurve}. */
export function enterCurve(): void {
  users++
}

/** Ends the engine's threads after the last user left, else they keep the process alive. */
export async function leaveCurve(): Promise<void> {
  users--
  await inTurn(async () => {
    if (users > 0) return
    const curve = shared.curve_bn128
    shared.curve_bn128 = null
    await curve?.terminate()
  })
}

/**
 * Runs work on snarkjs' engine, alone in this thread.
 *
 * @param singleThread makes an engine without threads where there is none yet. snarkjs' own option of the name
 *   builds a new engine for each proof, which takes 0.1 s.
 */
export async function withCurve<Result>(singleThread: boolean, work: () => Promise<Result>): Promise<Result> {
  return inTurn(async () => {
    shared.curve_bn128 ??= await curves.getCurveFromName('bn128', { singleThread })
    return work()
  })
}

function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const turn = last.then(work)
  last = turn.catch(() => undefined)
  return turn
}
