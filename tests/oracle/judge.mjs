// SPDX-License-Identifier: Apache-2.0
// node judge.mjs FILE.cddl < lines `kind hex verdict`: decode with cbor2, judge by the CDDL, compare.
//
// Prints `kind hex ours theirs` for every disagreement and ends with a count; 0 only when all agree.
// `--print` writes `ok` or `no` for each line instead and compares nothing.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { decode, cdeDecodeOptions } from 'cbor2'
import { judge, read } from './cddl.mjs'

// Deterministic encoding; besides, no floats, and maps and tags left as they are.
const options = { ...cdeDecodeOptions, rejectFloats: true, rejectUndefined: true, preferMap: true, ignoreGlobalTags: true }
const decoded = (bytes) => decode(bytes, options)

const kinds = {
  batch: { rule: 'batch', most: 15360, also: eventsEndAfterTheyBegin },
  answer: { rule: 'answer', most: 4608, also: () => true },
  up: { rule: 'up-envelope', most: 16384, also: generationFromOne },
  down: { rule: 'down-envelope', most: 16384, also: generationFromOne },
  ticket: { rule: 'signed-ticket', most: 256, also: ticketEndsAfterItBegins },
  release: { rule: 'signed-release', most: 320, also: partsAreShorter },
  log: { rule: 'log', most: 5120, also: linesEndAfterTheyBegin },
}

// "; rule: first_ms <= last_ms"
function eventsEndAfterTheyBegin(batch) {
  return (batch.get(13) ?? []).every(([, , first, last]) => first <= last)
}

// "; rule: first_ms <= last_ms" of a line
function linesEndAfterTheyBegin(log) {
  return log.get(8).every(([, , , , , first, last]) => first <= last)
}

// "; rule: not before < not after"
function ticketEndsAfterItBegins(tag) {
  const ticket = decoded(tag.contents[2])
  return ticket.get(4) < ticket.get(5)
}

// "; rule: the parts together are shorter than the bundle"
function partsAreShorter(tag) {
  const release = decoded(tag.contents[2])
  return release.get(8).reduce((sum, [length]) => sum + length, 0) < release.get(6)
}

// "; rule: generation >= 1"
function generationFromOne(tag) {
  const kid = decoded(tag.contents[0]).get(4)
  return kid.slice(16).some((b) => b !== 0)
}

function verdict(rules, kind, hex) {
  const { rule, most, also } = kinds[kind]
  const bytes = Uint8Array.from(Buffer.from(hex === '-' ? '' : hex, 'hex'))
  let value
  try {
    value = decoded(bytes)
  } catch {
    return 'no'
  }
  return bytes.length <= most && judge(rules, rule, value, decoded) && also(value) ? 'ok' : 'no'
}

const args = process.argv.slice(2)
const print = args[0] === '--print' && args.shift()
const rules = read(readFileSync(args[0], 'utf8'))
const seen = { ok: 0, no: 0, differ: 0 }
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, hex, ours] = line.split(' ')
  const theirs = verdict(rules, kind, hex)
  seen[theirs]++
  if (print) console.log(theirs)
  else if (ours !== theirs) {
    if (seen.differ++ < 5) console.log(`differ: ${kind} ours ${ours} theirs ${theirs} ${hex.slice(0, 400)}`)
  }
}
if (!print) console.log(`${seen.ok + seen.no} messages: ${seen.ok} valid, ${seen.no} not, ${seen.differ} judged differently`)
process.exitCode = seen.differ > 0 ? 1 : 0
