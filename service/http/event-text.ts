import type { Job } from '#service/jobs/job.js'

/** ms of silence after which a comment is sent: proxies close connections that say nothing. */
const heartbeat = 15_000
/** ms after which a reader whose connection broke comes again. */
const retry = 1000

/**
 * The steps of a job as server-sent events (HTML standard, 9.2), up to the end of `seen`. An event's id is the step's
 * number, from 1.
 * @param seen the job, whenever it may have changed and now and then
 * @param after number of the last step that the reader knows
 * @param now a clock in ms
 */
export async function* eventText(
  seen: AsyncIterable<Pick<Job<unknown, unknown>, 'history'>>,
  after: number,
  now: () => number = () => performance.now(),
): AsyncGenerator<string> {
  yield `retry: ${retry}\n\n`
  let [sent, said] = [after, now()]
  for await (const { history } of seen) {
    const events = history.slice(sent).map(({ state, stage, at }, index) => {
      const data = JSON.stringify({ state, stage, at: new Date(at).toISOString() })
      return `id: ${sent + index + 1}\ndata: ${data}\n\n`
    })
    if (events.length === 0 && now() - said < heartbeat) continue
    yield events.length > 0 ? events.join('') : ': nothing new\n\n'
    sent = Math.max(sent, history.length)
    said = now()
  }
}
