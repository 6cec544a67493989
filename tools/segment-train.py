#!/usr/bin/env python3
"""segment-train.py: makes the segmenter's generated tables.

    segment-train.py words   GOLD.jsonl             -> src/text/words_table.c
    segment-train.py weights GOLD.jsonl FEATURES    -> src/text/weights.c

GOLD.jsonl: one document a line with "text", "sentences" and "tokens" as code-point spans: the training
part of the Universal Dependencies English Web Treebank (CC BY-SA 4.0). FEATURES: the program
built from tools/segment-features.c. Own sources: segment/words.txt (word classes),
segment/own.txt (paragraphs with " | " where sentences end), segment/patterns.py (sentences made
from patterns). Python 3, standard library only; the same input gives the same tables."""
import json, os, re, subprocess, sys
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, '..', 'src', 'text')
sys.path.insert(0, os.path.join(HERE, 'segment'))
MASK = (1 << 64) - 1
ABBR = 'none title org month monthword state stateword ref refword place saint street never etc ampm suffix degree unit other brand'.split()
NEXT = 'none pron i det poss conj adv prep quant aux month zone orgword say job common'.split()


def fingerprint(word):
    """st_word_print() of src/text/words.c"""
    b = word.encode()
    h = len(b)
    while len(b) > 8:
        h = ((h ^ int.from_bytes(b[:8], 'little')) * 0x9E3779B97F4A7C15) & MASK
        h ^= h >> 29
        b = b[8:]
    h = ((h ^ int.from_bytes(b, 'little')) * 0x9E3779B97F4A7C15) & MASK
    h ^= h >> 32
    return h & 0xFFFFFFFF | 1


def read_classes():
    abbr, follow, into = [], {}, None
    for line in open(os.path.join(HERE, 'segment', 'words.txt'), encoding='utf-8'):
        line = line.strip()
        if not line or line[0] == '#': continue
        head = line.split()
        if len(head) == 2 and head[0] in ('abbr', 'next') and head[1] in (ABBR if head[0] == 'abbr' else NEXT):
            into = head
            continue
        for w in head:
            if into[0] == 'next': follow.setdefault(w, NEXT.index(into[1]))
            else:
                flag = {'^': 0x40, '=': 0x80}.get(w[0], 0)
                w = w[1:] if flag else w
                if w.endswith('.'): w = w[:-1]
                kind = ABBR.index(into[1])
                clash = [f for x, k, f in abbr if x == w and (f == flag or not f or not flag)]
                if not clash: abbr.append((w, kind, flag))
    return abbr, follow


def add_common(follow, path):
    """Words of running text: seen four times in lower case, and hardly ever capitalised inside a sentence."""
    low, cap = Counter(), Counter()
    for line in open(path, encoding='utf-8'):
        d = json.loads(line)
        first = set(a for a, b in d['sentences'])
        for a, b in d['tokens']:
            w = d['text'][a:b]
            if re.fullmatch(r"[a-z][a-z']+", w): low[w] += 1
            elif a not in first and re.fullmatch(r"[A-Z][a-z']+", w): cap[w.lower()] += 1
    for w in sorted(low):
        if low[w] >= 4 and low[w] > 4 * cap[w]: follow.setdefault(w, NEXT.index('common'))


def table(name, entries, note):
    size = 1
    while size < 2 * len(entries): size *= 2
    prints, kinds = [0] * size, [0] * size
    for word, value in entries:
        p = fingerprint(word)
        i = p >> 1 & (size - 1)
        while prints[i]: i = (i + 1) & (size - 1)
        prints[i], kinds[i] = p, value
    def rows(v, fmt, per):
        return ',\n'.join('    ' + ', '.join(fmt % x for x in v[i:i + per]) for i in range(0, size, per))
    return ('/* %s */\nstatic const uint32_t %s_prints[%d] = {\n%s};\nstatic const uint8_t %s_kinds[%d] = {\n%s};\n'
            'const st_word_table st_%s_table = {%s_prints, %s_kinds, %d};\n'
            % (note, name, size, rows(prints, '0x%08x', 10), name, size, rows(kinds, '%d', 24), name, name, name, size - 1))


def make_words(gold):
    abbr, follow = read_classes()
    add_common(follow, gold)
    with open(os.path.join(OUT, 'words_table.c'), 'w') as f:
        f.write('/* words_table.c: made by tools/segment-train.py from tools/segment/words.txt (own lists) and the\n'
                ' * frequent words of the UD English Web Treebank, training part (CC BY-SA 4.0). Do not edit. */\n'
                '#include "text/words.h"\n\n/* clang-format off */\n')
        f.write(table('abbr', [(w, k | flag) for w, k, flag in abbr], '%d words before a full stop' % len(abbr)))
        f.write(table('next', sorted(follow.items()), '%d words after it' % len(follow)))
        f.write('/* clang-format on */\n')


def documents(gold):
    """-> (text, [start of each sentence in bytes], weight of its candidates)"""
    for line in open(gold, encoding='utf-8'):
        d = json.loads(line)
        at, cum = 0, []
        for c in d['text']:
            cum.append(at)
            at += len(c.encode())
        yield d['text'], [cum[a] for a, b in d['sentences']], 1.0
    import patterns
    own = [l.strip() for l in open(os.path.join(HERE, 'segment', 'own.txt'), encoding='utf-8')]
    for weight, lines in ((3.0, [l for l in own if l and l[0] != '#']), (1.0, patterns.lines())):
        for l in lines:
            text, starts = '', []
            for sentence in l.split(' | '):
                glue = sentence.startswith('+')  # "+": written together
                sentence = sentence[1:] if glue else sentence
                text += '' if glue or not text else ' '
                starts.append(len(text.encode()))
                text += sentence
            yield text, starts, weight


def read_candidates(gold, program):
    docs = list(documents(gold))
    blob = b''
    for text, starts, _ in docs:
        b = text.encode()
        blob += b'%d %d\n' % (len(b), len(starts)) + b + b'\n' + b''.join(b'%d\n' % s for s in starts)
    out = subprocess.run([program], input=blob, stdout=subprocess.PIPE, check=True).stdout.decode()
    i, rows = 0, []
    for line in out.split('\n'):
        if line == '#': i += 1
        elif line:
            v = line.split()
            rows.append((int(v[0]), [int(x) for x in v[2:]], docs[i][2]))
    assert i == len(docs)
    return rows


def train(rows, n, l2=0.5, iterations=200):
    """min over w of l2/2 |w|^2 + sum of weight * log(1 + exp(-y w.x)), by L-BFGS (Nocedal & Wright, algorithm 7.4)."""
    from math import exp, log1p, sqrt
    merged = Counter()
    for y, ids, weight in rows: merged[tuple(ids), y] += weight
    data = [(ids, y, weight) for (ids, y), weight in merged.items()]

    def evaluate(w):
        g = [l2 * x for x in w]
        f = 0.5 * l2 * sum(x * x for x in w)
        for ids, y, weight in data:
            z = sum([w[i] for i in ids])
            s = z if y else -z
            f += weight * (log1p(exp(-s)) if s > -30 else -s)
            p = 1 / (1 + exp(-z)) if z > -30 else 0.0
            d = weight * (p - y)
            for i in ids: g[i] += d
        return f, g

    dot = lambda a, b: sum([x * y for x, y in zip(a, b)])
    w = [0.0] * n
    f, g = evaluate(w)
    history = []
    for _ in range(iterations):
        q, alphas = list(g), []
        for s, y, rho in reversed(history):
            a = rho * dot(s, q)
            alphas.append(a)
            q = [qi - a * yi for qi, yi in zip(q, y)]
        scale = 1 / history[-1][2] / dot(history[-1][1], history[-1][1]) if history else 1 / sqrt(dot(g, g))
        q = [scale * x for x in q]
        for (s, y, rho), a in zip(history, reversed(alphas)):
            b = rho * dot(y, q)
            q = [qi + (a - b) * si for qi, si in zip(q, s)]
        step, slope = 1.0, dot(g, q)
        while True:
            w2 = [x - step * d for x, d in zip(w, q)]
            f2, g2 = evaluate(w2)
            if f2 <= f - 1e-4 * step * slope or step < 1e-6: break
            step /= 2
        s, y = [a - b for a, b in zip(w2, w)], [a - b for a, b in zip(g2, g)]
        if dot(s, y) > 1e-12: history = history[-7:] + [(s, y, 1 / dot(s, y))]
        done = f - f2 < 1e-5 * f
        w, f, g = w2, f2, g2
        if done: break
    return w


def make_weights(gold, program):
    n = int(re.search(r'ST_SEGMENT_WEIGHTS = (\d+)', open(os.path.join(OUT, 'weights.h')).read()).group(1))
    rows = read_candidates(gold, program)
    w = train(rows, n)
    v = [max(-32000, min(32000, round(x * 256))) for x in w]
    right = sum((sum(v[i] for i in ids) > 0) == y for y, ids, _ in rows)
    sys.stderr.write('%d candidates, %d ends, %.2f %% right in training\n' % (len(rows), sum(r[0] for r in rows), 100 * right / len(rows)))
    with open(os.path.join(OUT, 'weights.c'), 'w') as f:
        f.write('/* weights.c: made by tools/segment-train.py: logistic regression on %d places of the UD English\n'
                ' * Web Treebank, training part (CC BY-SA 4.0), and of own sentences; log-odds times 256. Do not\n'
                ' * edit. */\n'
                '#include "text/weights.h"\n\n/* clang-format off */\nconst int16_t st_segment_weights[ST_SEGMENT_WEIGHTS] = {\n' % len(rows))
        f.write(',\n'.join('    ' + ', '.join('%d' % x for x in v[i:i + 24]) for i in range(0, n, 24)))
        f.write('};\n/* clang-format on */\n')


if __name__ == '__main__':
    if sys.argv[1:2] == ['words'] and len(sys.argv) == 3: make_words(sys.argv[2])
    elif sys.argv[1:2] == ['weights'] and len(sys.argv) == 4: make_weights(*sys.argv[2:])
    else: sys.exit(__doc__)
