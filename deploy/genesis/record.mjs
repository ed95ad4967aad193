// Records blocks upon the real genesis state, made by a real Ethereum node:
//
//   node record.mjs ANVIL GENESIS.csv.gz BLOCKS.jsonl [BLOCKS [SEED]]
//
// ANVIL is the program of the npm package @foundry-rs/anvil. Each line of the output is a block with its trace, as
// a coordinator's setting blockFile takes it; the first line's parent has the genesis state.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [anvilPath, genesisPath, outPath, blocks = '24', seed = '1'] = process.argv.slice(2);
const PORT = 18545;
const TRANSFERS = 4;

let draws = 0;
function draw(below) {
  const hash = createHash('sha256').update(`${seed}/${draws++}`).digest();
  return Number(hash.readBigUInt64BE() % BigInt(below));
}

function newAddress() {
  return '0x' + createHash('sha256').update(`${seed}/new/${draws++}`).digest('hex').slice(0, 40);
}

let calls = 0;
async function call(method, params = []) {
  const reply = await fetch(`http://127.0.0.1:${PORT}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++calls, method, params }),
  });
  const body = await reply.json();
  if (body.error) throw new Error(`${method}: ${JSON.stringify(body.error)}`);
  return body.result;
}

async function awaitNode() {
  for (let i = 0; i < 100; i++) {
    try {
      return await call('eth_chainId');
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error('the node does not answer');
}

const accounts = gunzipSync(readFileSync(genesisPath)).toString().trim().split('\n').slice(1).map((l) => l.split(','));
const alloc = Object.fromEntries(accounts.map(([address, balance]) => [address, { balance: '0x' + BigInt(balance).toString(16) }]));
const folder = mkdtempSync(join(tmpdir(), 'record-'));
const genesis = join(folder, 'genesis.json');
writeFileSync(genesis, JSON.stringify({
  config: { chainId: 1 }, difficulty: '0x1', gasLimit: '0x1c9c380', timestamp: '0x0', nonce: '0x0', extraData: '0x', alloc,
}));

const node = spawn(anvilPath, ['--accounts', '0', '--disable-default-create2-deployer', '--hardfork', 'london',
  '--chain-id', '1', '--no-mining', '--init', genesis, '--port', String(PORT), '--silent']);
try {
  await awaitNode();
  await call('evm_mine');
  const rich = accounts.filter(([, balance]) => BigInt(balance) >= 10n ** 21n).map(([address]) => address);
  const known = accounts.map(([address]) => address);
  const lines = [];
  for (let block = 0; block < Number(blocks); block++) {
    const senders = new Set();
    while (senders.size < TRANSFERS) senders.add(rich[draw(rich.length)]);
    for (const from of senders) {
      const to = draw(3) === 0 ? newAddress() : known[draw(known.length)];
      if (!known.includes(to)) known.push(to);
      await call('anvil_impersonateAccount', [from]);
      const value = '0x' + (BigInt(1 + draw(1000)) * 10n ** 15n).toString(16);
      await call('eth_sendTransaction', [{ from, to, value, gas: '0x5208', maxFeePerGas: '0x77359400', maxPriorityFeePerGas: '0x3b9aca00' }]);
    }
    await call('evm_mine');
    const head = await call('eth_getBlockByNumber', ['latest', false]);
    const trace = await call('debug_traceBlockByNumber', [head.number, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } }]);
    const { number, hash, parentHash, stateRoot } = head;
    lines.push(JSON.stringify({ number, hash, parentHash, stateRoot, trace: trace.map(({ result }) => ({ result })) }));
  }
  writeFileSync(outPath, lines.join('\n') + '\n');
  const base = await call('eth_getBlockByNumber', ['0x1', false]);
  console.log(`${lines.length} blocks upon block ${Number(base.number)} ${base.hash}, state root ${base.stateRoot}`);
} finally {
  node.kill();
}
