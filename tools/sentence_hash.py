"""sentence_hash.py: the key under which a label of ours meets the sentence in somebody's copy of a corpus.

    key = first 16 hexadecimal digits of SHA-256 over the UTF-8 bytes of the normal form

Normal form: Unicode NFKC, case folded; every kind of double quotation mark (also `` and '') becomes ", runs of them one;
then only letters, digits and " stay. So spacing, tokenisation, apostrophes, dashes and line breaks make no difference,
while a quoted sentence and an unquoted one stay two (the quotation marks decide its label).
"""
import hashlib
import re
import unicodedata

_DOUBLE = re.compile('[“”„‟«»″〝〞]|``|\'\'|‘‘|’’')
_DROP = re.compile(r'[^\w"]+|_')
_RUNS = re.compile('""+')


def normal_form(text):
    text = unicodedata.normalize('NFKC', _DOUBLE.sub('"', text))
    return _RUNS.sub('"', _DROP.sub('', text.casefold()))


def hash_of(form):
    """The key of a normal form."""
    return hashlib.sha256(form.encode()).hexdigest()[:16]


def sentence_hash(text):
    return hash_of(normal_form(text))
