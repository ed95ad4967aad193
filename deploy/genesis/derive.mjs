// Writes mainnet-genesis.csv.gz: columns address,balance (wei, decimal), sorted by address.
// Run `npm ci && npm run derive` in this folder; the same package version gives the same bytes.
import { getGenesis } from '@ethereumjs/genesis'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const MAINNET = 1
const ACCOUNTS = 8893
const target = fileURLToPath(
  new URL('../src/main/resources/org/morphogen/deploy/genesis/mainnet-genesis.csv.gz', import.meta.url),
)

const rows = Object.entries(getGenesis(MAINNET)).map(([address, balance]) => {
  if (!/^0x[0-9a-f]{40}$/.test(address) || !/^0x[0-9a-f]+$/.test(balance)) {
    throw new Error(`not an address and a balance: ${address} ${balance}`)
  }
  return `${address},${BigInt(balance)}`
})
if (rows.length !== ACCOUNTS) {
  throw new Error(`${rows.length} accounts, not ${ACCOUNTS}`)
}
rows.sort()

const packed = gzipSync(`address,balance\n${rows.join('\n')}\n`, { level: 9 })
// The gzip header: no time, and "unknown" as the operating system, so that the bytes do not tell where they were made.
packed.fill(0, 4, 8)
packed[9] = 255
mkdirSync(dirname(target), { recursive: true })
writeFileSync(target, packed)
console.log(`${target}: ${rows.length} accounts, ${packed.length} bytes`)
