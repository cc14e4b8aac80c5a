/**
 * Puts generated text between the markers `<!-- begin NAME -->` and `<!-- end NAME -->` of a Markdown file.
 * Throws an Error where a marker is missing.
 */
export function replaceSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the markers "${begin}" and "${end}" are missing`)
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`
}
