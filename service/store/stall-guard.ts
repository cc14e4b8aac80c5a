/** Ends what makes no progress: work is raced with silence, whatever its client does about an abort. */
export async function guardStall<Value>(
  silence: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal, onProgress: () => void) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController()
  const { signal } = controller
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${silence} ms`)), silence)
  const abort = (): void => controller.abort(outer!.reason)
  if (outer?.aborted) abort()
  outer?.addEventListener('abort', abort, { once: true })
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  const working = work(signal, () => timer.refresh())
  try {
    return await Promise.race([working, aborted])
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', abort)
    // Whichever lost the race is nobody's any more.
    working.catch(() => undefined)
    aborted.catch(() => undefined)
  }
}
