/**
 * The text of a reply, read up to so many bytes.
 * @throws RangeError where it is longer
 */
export async function boundedText({ body }: Pick<Response, 'body'>, most: number): Promise<string> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  let text = ''
  let bytes = 0
  for (;;) {
    const { value: chunk } = (await reader?.read()) ?? {}
    if (chunk === undefined) return text + decoder.decode()
    bytes += chunk.length
    if (bytes > most) {
      await reader?.cancel()
      throw new RangeError(`it is larger than ${most} bytes`)
    }
    text += decoder.decode(chunk, { stream: true })
  }
}
