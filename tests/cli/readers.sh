# readers.sh: documents of every format on the command line: formats, charsets, folders, lists.
. "$(dirname "$0")/lib.sh"
make_model
m="-m $model"

cat >page.html <<'HTML'
<!doctype html><html lang="en"><head><title>Pier opens in June</title></head><body>
<nav><a href="/">Home</a></nav><div class="cookie-banner"><p>We use cookies on this site to improve it.</p></div>
<article><h1>Pier opens in June</h1><figure><img src="p"><figcaption>The pier at dawn</figcaption></figure>
<p>The harbour authority said the pier &amp; the quay will open in June.</p><p>It could attract <b>cruise</b> lines.</p>
</article></body></html>
HTML
run classify $m -f jsonl page.html
check 'a page' 0
err_is ''
out_has '"format":"html","lang":"en","sentences":4,'
out_has '"part":"headline","para":1,"text":"Pier opens in June"'
out_has '"part":"caption","para":2,'
out_has '"text":"The harbour authority said the pier & the quay will open in June."'
out_lacks 'cookies'
out_lacks 'Home'
ok test "$(tail -c +"$(($(printf '%s\n' "$out" | sed -n 's/.*"text":"It could.*"byte_start":\([0-9]*\),.*/\1/p') + 1))" page.html | head -c 37)" = 'It could attract <b>cruise</b> lines.'
run classify $m -v -f jsonl page.html
check '-v' 0
err_has 'stance: page.html: read as html, UTF-8; left out: navigation 1, cookie banner 1'
run_with page.html classify $m -f jsonl
check 'a page on standard input' 0
out_has '"doc":"standard input"'
out_has '"part":"caption"'
run_with page.html classify $m -f jsonl --stdin-path news/a.html
check '--stdin-path' 0
out_has '"doc":"news/a.html"'
run classify $m -f jsonl --selector 'article > p' page.html
check '--selector' 0
out_has '"sentences":2,'
run classify $m --selector 'p[' page.html
check 'a selector that is none' 2
err_has "cannot read the selector 'p['"
run classify $m --selector p --text x --input-format txt
check '--selector without a page' 0
run classify $m --selector p --input-format txt page.html
check '--selector for txt' 2
err_has 'a selector is for html, and this is txt'
run classify $m --input-format docx page.html
check 'a page is no Word file' 3
err_has 'page.html: not a Word file'

printf '# Pier opens\n\nIt **could** attract cruise lines.\n' >a.md
run classify $m -f jsonl a.md
check 'Markdown' 0
out_has '"format":"md"'
out_has '"part":"headline","para":1,"text":"Pier opens","start":2,"end":12'
out_has '"text":"It could attract cruise lines.","start":14,"end":48'

# --- charsets
printf 'Caf\351 owners said \223no\224.\n' >latin.txt
run classify $m -f jsonl latin.txt
check 'windows-1252' 0
err_is 'stance: latin.txt:1: not valid UTF-8 at byte 3; read as windows-1252 (use --encoding to choose)'
out_has "$(printf '"text":"Caf\303\251 owners said \342\200\234no\342\200\235.","start":0,"end":22,"byte_start":0,"byte_end":22')"
run classify $m -f jsonl --encoding windows-1252 latin.txt
check '--encoding' 0
err_is ''
run classify $m --encoding UTF-8 latin.txt
check '--encoding UTF-8' 3
err_has 'latin.txt:1: not valid UTF-8 at byte 3'
run classify $m --encoding klingon latin.txt
check 'an unknown encoding' 2
err_has "unknown encoding 'klingon'"

# --- articles
cat >news.jsonl <<'JSON'
{"id":"a1","title":"Pier opens","text":"It could rain.\nThe council must act.","url":"http://x.example/","date":"2026-06-01"}

{"id":"a2","title":"Second","raw_text":"It could snow."}
{"title":
{"id":7,"text":"It could hail."}
JSON
run classify $m -f jsonl news.jsonl
check 'articles, one bad' 3
err_has 'stance: news.jsonl:4:'
out_has '"doc":"news.jsonl#a1"'
out_has '"doc":"news.jsonl#7"'
out_has '"text":"Pier opens\n\nIt could rain.\nThe council must act."'
ok test "$(printf '%s\n' "$out" | grep -c '"type":"doc"')" -eq 3
whole=$out
gzip -c news.jsonl >news.jsonl.gz
run classify $m -f jsonl news.jsonl.gz
check 'articles in .gz' 3
ok test "$(printf '%s' "$out" | sed 's/news.jsonl.gz#/news.jsonl#/')" = "$whole"
run_with news.jsonl classify $m -f jsonl --stdin-path news.jsonl
check 'articles on standard input' 3
ok test "$out" = "$whole"
gzip -c page.html >page.html.gz
run classify $m -f jsonl page.html.gz
check 'a page in .gz' 0
out_has '"part":"caption"'

# --- folders and lists
mkdir -p site/b site/.hidden
printf 'It could rain.\n' >site/z.txt
printf 'It could snow.\n' >site/b/c.md
printf 'no' >site/.hidden/x.txt
printf 'no' >site/picture.png
run classify $m -f jsonl site
check 'a folder' 0
ok test "$(printf '%s\n' "$out" | sed -n 's/.*"type":"doc".*"doc":"\([^"]*\)".*/\1/p' | tr '\n' ' ')" = 'site/b/c.md site/z.txt '
printf 'site/z.txt\nsite/b/c.md\n' >list
run classify $m -f jsonl --files-from list
check '--files-from' 0
ok test "$(printf '%s\n' "$out" | sed -n 's/.*"type":"doc".*"doc":"\([^"]*\)".*/\1/p' | tr '\n' ' ')" = 'site/z.txt site/b/c.md '
printf 'site/z.txt\0a.md\0' >list0
run_with list0 classify $m -f jsonl --files-from - -0
check '--files-from - -0' 0
out_has '"doc":"a.md"'
run classify $m --files-from missing
check 'a list that is not there' 3
err_has "cannot open 'missing'"

# --- what stance does not read says so in one line
table() {
  run classify $m "$1"
  check "$1" 3
  ok test "$(printf '%s\n' "$err" | wc -l)" -eq 1
  err_has "$2"
}
printf '%%PDF-1.7 x' >a.pdf
table a.pdf 'a.pdf: this is a PDF; save its text, for example with pdftotext'
printf '\320\317\021\340\241\261' >a.doc
table a.doc 'a.doc: this is an old Word file; save it as .docx or run: libreoffice'
printf 'PK\003\004 not really' >a.docx
table a.docx 'a.docx: not a Word file'
printf '<?xml version="1.0"?><nitf/>' >a.xml
table a.xml 'a.xml: this is XML, but not a page'

# --- hostile: bounded time and memory, a clear error
awk 'BEGIN { for (i = 0; i < 50000; i++) printf "<div>"; print "x" }' >deep.html
table deep.html 'deep.html: tags nested more than 512 deep'
head -c 9000000 /dev/zero | tr '\0' 'a' | { printf '<div class="'; cat; } >long.html
table long.html 'long.html: a page of 9000012 bytes; at most 8 MiB are read'
head -c 30000000 /dev/zero | gzip -9 >bomb.txt.gz
table bomb.txt.gz 'bomb.txt.gz: unpacks to more than 1000 times its size'

report
