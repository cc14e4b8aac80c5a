// A process that starts anvil, prints its address, and stays: argv is the path of start-anvil.ts.
import { createServer } from 'vite'

const server = await createServer({
  configFile: false,
  logLevel: 'silent',
  server: { middlewareMode: true },
  ssr: { resolve: { conditions: ['zkserve-source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['zkserve-source', 'node', 'import', 'default'] },
})
const { startAnvil } = await server.ssrLoadModule(process.argv[2])
const anvil = await startAnvil()
process.stdout.write(anvil.rpcUrl)
setInterval(() => {}, 1000)
