/**
 * The text of a reply, read up to so many bytes.
 * @throws RangeError where it is longer
 */
export async function boundedText({ body }: Pick<Response, 'body'>, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > most) throw new RangeError(`it is larger than ${most} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
