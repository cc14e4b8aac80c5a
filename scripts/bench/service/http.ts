import { setTimeout as sleep } from 'node:timers/promises'

/** Posts JSON. @throws Error for another status than the expected one */
export async function postJson(url: string, body: unknown, status: number): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (response.status !== status) throw new Error(`${url} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

/** A job as far as the bench looks at it; times in ms since the epoch. */
export interface EndedJob {
  readonly state: string
  readonly startedAt: number
  readonly finishedAt: number
}

/** ms between two looks at a job: many of them would slow what is measured, and its times are its own. */
const pause = 1000

/** The job when it has ended. */
export async function endedJob(api: string, id: string): Promise<EndedJob> {
  for (;;) {
    const response = await fetch(`${api}/jobs/${id}`)
    const { state, startedAt, finishedAt }: Record<string, string> = JSON.parse(await response.text())
    if (finishedAt != null) {
      return { state: state!, startedAt: Date.parse(startedAt!), finishedAt: Date.parse(finishedAt) }
    }
    await sleep(pause)
  }
}

/** Ids of so many proofs that were asked for. */
export async function submitProofs(api: string, input: unknown, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let sent = 0; sent < count; sent++) {
    const { job } = await postJson(`${api}/infer`, { input }, 202)
    ids.push((job as { id: string }).id)
  }
  return ids
}
