// SPDX-License-Identifier: Apache-2.0
// CDDL (RFC 8610) as far as wire/holdfast.cddl goes, written from that text and the RFC alone.
//
// read(text) makes rules; judge(rules, name, value, decode) says whether a decoded value is one of
// them. Values are as cbor2 gives them: number or bigint, string, Uint8Array, array, Map, boolean,
// null, Tag. Not here: encodings (decode refuses what is not deterministic), "; rule:" lines.

const token = /\s+|;[^\n]*|(?<str>"(?:[^"\\]|\\.)*")|(?<num>-?\d+)|(?<op>#6\.\d+|\.\.|\.[a-z]+|[=:,?*+/()[\]{}])|(?<id>[A-Za-z][\w-]*)/uy

function tokens(text) {
  const list = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const m = token.exec(text)
    if (!m) throw new Error(`cddl: line ${text.slice(0, at).split('\n').length}: unknown text`)
    const [kind, value] = Object.entries(m.groups).find(([, v]) => v !== undefined) ?? []
    if (kind) list.push({ kind, value, glued: at > 0 && /[\d*]/.test(text[at - 1]) })
  }
  return list
}

class Reader {
  constructor(list) { this.list = list; this.at = 0 }
  peek(n = 0) { return this.list[this.at + n] ?? { kind: 'end', value: '' } }
  is(value, n = 0) { const t = this.peek(n); return t.kind !== 'str' && t.value === value }
  take(value) {
    const t = this.peek()
    if (value !== undefined && !this.is(value)) throw new Error(`cddl: ${value} expected, ${t.value} found`)
    this.at++
    return t
  }
  maybe(value) { if (!this.is(value)) return false; this.at++; return true }

  rules() {
    const rules = new Map()
    while (this.peek().kind !== 'end') {
      const name = this.take().value
      this.take('=')
      if (rules.has(name)) throw new Error(`cddl: ${name} twice`)
      // ( … ) on the right of a rule is a group; everything else is a type
      rules.set(name, this.is('(') ? this.group('(', ')') : this.type())
    }
    return rules
  }

  type() {
    const choices = [this.type1()]
    while (this.maybe('/')) choices.push(this.type1())
    return choices.length === 1 ? choices[0] : { is: 'choice', choices }
  }

  type1() {
    const left = this.type2()
    if (this.maybe('..')) return { is: 'range', low: number(left), high: number(this.type2()) }
    if (this.peek().kind === 'op' && /^\.[a-z]+$/.test(this.peek().value)) {
      return { is: 'control', op: this.take().value, left, right: this.type2() }
    }
    return left
  }

  type2() {
    const t = this.peek()
    if (t.kind === 'num') return { is: 'literal', value: BigInt(this.take().value) }
    if (t.kind === 'str') return { is: 'literal', value: JSON.parse(this.take().value) }
    if (t.kind === 'id') return { is: 'name', name: this.take().value }
    if (t.value.startsWith('#6.')) {
      this.take()
      this.take('(')
      const inner = this.type()
      this.take(')')
      return { is: 'tag', tag: BigInt(t.value.slice(3)), inner }
    }
    if (this.maybe('(')) {
      const inner = this.type()
      this.take(')')
      return inner
    }
    if (this.is('[')) return { is: 'array', group: this.group('[', ']') }
    if (this.is('{')) return { is: 'map', group: this.group('{', '}') }
    throw new Error(`cddl: a type expected, ${t.value} found`)
  }

  group(open, close) {
    const entries = []
    this.take(open)
    while (!this.maybe(close)) {
      entries.push(this.entry())
      if (!this.is(close)) this.take(',')
    }
    return { is: 'group', entries }
  }

  entry() {
    let [low, high] = [1, 1]
    if (this.maybe('?')) [low, high] = [0, 1]
    else if (this.maybe('+')) [low, high] = [1, Infinity]
    else if (this.is('*') || (this.peek().kind === 'num' && this.is('*', 1))) {
      low = this.is('*') ? 0 : Number(this.take().value)
      this.take('*')
      high = this.peek().kind === 'num' && this.peek().glued ? Number(this.take().value) : Infinity
    }
    let key
    if (this.is(':', 1)) {
      const t = this.take()
      this.take(':')
      key = t.kind === 'num' ? BigInt(t.value) : t.kind === 'str' ? JSON.parse(t.value) : t.value
    }
    return { low, high, key, type: this.type() }
  }
}

function number(node) {
  if (node.is !== 'literal' || typeof node.value !== 'bigint') throw new Error('cddl: a number expected')
  return node.value
}

export function read(text) {
  const rules = new Reader(tokens(text)).rules()
  for (const node of rules.values()) known(node, rules)
  return rules
}

// Every name is a rule or one of the prelude's; every control is one that is judged below.
const prelude = {
  uint: (v) => integer(v) && v >= 0,
  int: (v) => integer(v),
  bstr: (v) => v instanceof Uint8Array,
  tstr: (v) => typeof v === 'string',
  bool: (v) => typeof v === 'boolean',
  null: (v) => v === null,
}

function known(node, rules) {
  if (node.is === 'name' && !rules.has(node.name) && !Object.hasOwn(prelude, node.name)) {
    throw new Error(`cddl: ${node.name} is no rule`)
  }
  if (node.is === 'control' && !Object.hasOwn(controls, node.op)) throw new Error(`cddl: ${node.op}: unknown control`)
  for (const part of [node.left, node.right, node.inner, node.group, ...(node.choices ?? [])]) {
    if (part) known(part, rules)
  }
  for (const e of node.entries ?? []) known(e.type, rules)
}

function integer(v) {
  return typeof v === 'bigint' || (typeof v === 'number' && Number.isSafeInteger(v))
}

function same(v, literal) {
  return typeof literal === 'bigint' ? integer(v) && BigInt(v) === literal : v === literal
}

const controls = {
  '.size': (v, right, c) => {
    const size = v instanceof Uint8Array ? v.length
      : typeof v === 'string' ? new TextEncoder().encode(v).length : undefined
    return size !== undefined && fits(right, size, c)
  },
  '.le': (v, right) => integer(v) && BigInt(v) <= number(right),
  '.lt': (v, right) => integer(v) && BigInt(v) < number(right),
  '.ge': (v, right) => integer(v) && BigInt(v) >= number(right),
  '.gt': (v, right) => integer(v) && BigInt(v) > number(right),
  '.regexp': (v, right) => typeof v === 'string' && new RegExp(`^(?:${right.value})$`, 'u').test(v),
  '.cbor': (v, right, c) => {
    if (!(v instanceof Uint8Array)) return false
    let inner
    try { inner = c.decode(v) } catch { return false }
    return fits(right, inner, c)
  },
}

function fits(node, v, c) {
  switch (node.is) {
    case 'literal': return same(v, node.value)
    case 'range': return integer(v) && BigInt(v) >= node.low && BigInt(v) <= node.high
    case 'choice': return node.choices.some((t) => fits(t, v, c))
    case 'control': return fits(node.left, v, c) && controls[node.op](v, node.right, c)
    case 'tag': return isTag(v) && BigInt(v.tag) === node.tag && fits(node.inner, v.contents, c)
    case 'array': return Array.isArray(v) && elements(node.group, v, 0, c) === v.length
    case 'map': return v instanceof Map && pairs(node.group, v, c)
    case 'name': {
      const rule = c.rules.get(node.name)
      return rule ? fits(rule, v, c) : prelude[node.name](v)
    }
    default: throw new Error(`cddl: ${node.is} is no type`)
  }
}

function isTag(v) {
  return v !== null && typeof v === 'object' && 'tag' in v && 'contents' in v
}

// How far a group reaches into an array from `at`, or -1. Greedy, as a PEG: enough here.
function elements(group, list, at, c) {
  for (const e of group.entries) {
    let n = 0
    for (; n < e.high; n++) {
      const next = element(e.type, list, at, c)
      if (next < 0) break
      at = next
    }
    if (n < e.low) return -1
  }
  return at
}

function element(type, list, at, c) {
  const rule = type.is === 'name' ? c.rules.get(type.name) : type
  if (rule?.is === 'group') return elements(rule, list, at, c)
  return at < list.length && fits(type, list[at], c) ? at + 1 : -1
}

function pairs(group, map, c) {
  const left = new Map(map)
  for (const e of group.entries) {
    const key = [...left.keys()].find((k) => same(k, e.key))
    if (key === undefined) {
      if (e.low > 0) return false
      continue
    }
    if (!fits(e.type, left.get(key), c)) return false
    left.delete(key)
  }
  return left.size === 0
}

export function judge(rules, name, value, decode) {
  if (!rules.has(name)) throw new Error(`cddl: ${name} is no rule`)
  return fits({ is: 'name', name }, value, { rules, decode })
}
