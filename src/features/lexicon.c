/* lexicon.c: the cue lexicons, read from a folder or from a model, as one hash table.
 *
 * A phrase is found word by word: the key of its first n words is the mix of their hashes, and
 * every proper beginning of a phrase is an entry that says `begins`. */
#include "features/features.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text/chars.h"

enum { FILTER_BITS = 1 << 18 };

struct st_lexicon {
  st_buf text;                   /* the canonical form, see st_lexicon_text() */
  char *names[ST_MAX_CLASSES];   /* owned */
  uint32_t sizes[ST_MAX_CLASSES]; /* forms of each class */
  size_t classes;
  st_entry *table;  /* [mask + 1], open addressing */
  size_t mask, used;
  uint64_t *filter; /* [FILTER_BITS / 64]: bit of every key's low bits; most words stop here */
  st_roles roles;
};

const char *st_lexicon_text(const st_lexicon *lex, size_t *n) {
  *n = lex->text.len;
  return lex->text.data ? lex->text.data : "";
}

size_t st_lexicon_classes(const st_lexicon *lex) {
  return lex->classes;
}

const char *st_lexicon_class(const st_lexicon *lex, size_t i) {
  return i < lex->classes ? lex->names[i] : NULL;
}

int st_lexicon_find_class(const st_lexicon *lex, const char *name) {
  for (size_t i = 0; i < lex->classes; i++)
    if (!strcmp(lex->names[i], name)) return (int)i;
  return -1;
}

const st_roles *st_lexicon_roles(const st_lexicon *lex) {
  return &lex->roles;
}

void st_lexicon_free(st_lexicon *lex) {
  if (!lex) return;
  for (size_t i = 0; i < lex->classes; i++) free(lex->names[i]);
  st_buf_free(&lex->text);
  free(lex->table);
  free(lex->filter);
  free(lex);
}

static st_entry *slot_of(st_entry *table, size_t mask, uint64_t key) {
  size_t i = key & mask;
  while (table[i].key && table[i].key != key) i = (i + 1) & mask;
  return &table[i];
}

static bool may_hold(const st_lexicon *lex, uint64_t hash) {
  size_t f = hash >> 40 & (FILTER_BITS - 1);
  return lex->filter[f >> 6] >> (f & 63) & 1;
}

void st_lexicon_prefetch(const st_lexicon *lex, uint64_t hash) {
  if (may_hold(lex, hash)) __builtin_prefetch(&lex->table[hash & lex->mask]);
}

const st_entry *st_lexicon_find(const st_lexicon *lex, uint64_t hash) {
  if (!may_hold(lex, hash)) return NULL;
  for (size_t i = hash & lex->mask;; i = (i + 1) & lex->mask) {
    if (lex->table[i].key == hash) return &lex->table[i];
    if (!lex->table[i].key) return NULL;
  }
}

static bool make_table(st_lexicon *lex, size_t slots) {
  st_entry *table = st_calloc(slots, sizeof *table);
  if (!table) return false;
  for (size_t i = 0; lex->table && i <= lex->mask; i++)
    if (lex->table[i].key) *slot_of(table, slots - 1, lex->table[i].key) = lex->table[i];
  free(lex->table);
  lex->table = table;
  lex->mask = slots - 1;
  return true;
}

/* The entry of a key, made if need be. NULL: out of memory. The table is at most seven eighths
 * full: the filter stops nearly every key that is not there, and half the table is half the pages
 * to touch when a model is opened. */
static st_entry *entry_for(st_lexicon *lex, uint64_t key) {
  if (!lex->table || lex->used * 8 >= lex->mask * 7)
    if (!make_table(lex, lex->table ? 2 * (lex->mask + 1) : 1024)) return NULL;
  st_entry *e = slot_of(lex->table, lex->mask, key);
  if (!e->key) {
    *e = (st_entry){.key = key, .symbol = ST_SYM_NONE};
    lex->used++;
  }
  return e;
}

/* Room for the lexicon of a model: n bytes of text, an entry for some twelve of them. Growing step
 * by step would touch as many pages again. */
static bool reserve(st_lexicon *lex, size_t n) {
  size_t slots = 1024;
  while (slots * 7 / 8 < n / 12) slots *= 2;
  return make_table(lex, slots) && st_buf_reserve(&lex->text, n);
}

/* The length of the run of ASCII letters at s. */
static size_t letters(const char *s, size_t n) {
  size_t i = 0;
  while (i < n && st_char_class[(unsigned char)s[i]] & ST_C_LETTER) i++;
  return i;
}

/* The words of a form. Most are letters with single blanks between them and need no tokenizer:
 * a fifth of the instructions, 0.3 ms, of opening the shipped model less. */
static stance_status cut_form(const char *form, size_t n, st_tokens *tokens, stance_error *err) {
  tokens->n = 0;
  for (size_t at = 0;; at++) {
    size_t length = letters(form + at, n - at);
    if (!length) break;
    if (!st_reserve(&tokens->items, &tokens->cap, tokens->n + 1, sizeof *tokens->items))
      return st_fail_memory(err, "reading lexicons");
    tokens->items[tokens->n++] = (st_token){.start = (uint32_t)at, .end = (uint32_t)(at + length)};
    at += length;
    if (at == n) return STANCE_OK;
    if (form[at] != ' ') break;
  }
  tokens->n = 0;
  return st_tokenize(form, 0, (uint32_t)n, tokens, err);
}

static stance_status add_form(st_lexicon *lex, size_t class_index, const char *form, size_t n,
                              st_tokens *tokens, stance_error *err) {
  ST_TRY(cut_form(form, n, tokens, err));
  if (!tokens->n || tokens->n > ST_MAX_PHRASE)
    return st_fail(err, STANCE_ERR_FORMAT, "cue '%.*s' in class '%s' must have 1 to %d words",
                   (int)(n < 60 ? n : 60), form, lex->names[class_index], ST_MAX_PHRASE);
  if (n > 2 && form[0] == '[' && form[n - 1] == ']') /* st_lexicon_text() would make it a class */
    return st_fail(err, STANCE_ERR_FORMAT, "cue '%.*s' in class '%s' stands in brackets",
                   (int)(n < 60 ? n : 60), form, lex->names[class_index]);
  uint64_t key = 0;
  for (size_t i = 0; i < tokens->n; i++) {
    uint64_t h = st_word_hash(form + tokens->items[i].start,
                              tokens->items[i].end - tokens->items[i].start);
    key = i ? st_phrase_key(key, h) : h;
    st_entry *e = entry_for(lex, key);
    if (!e) return st_fail_memory(err, "reading lexicons");
    if (i + 1 < tokens->n) e->begins = 1;
    else e->classes |= (uint64_t)1 << class_index;
  }
  lex->sizes[class_index]++;
  if (st_buf_reserve(&lex->text, n + 1)) {
    memcpy(lex->text.data + lex->text.len, form, n);
    lex->text.len += n;
    st_buf_putc(&lex->text, '\n');
  }
  return STANCE_OK;
}

static stance_status add_class(st_lexicon *lex, const char *name, size_t n, stance_error *err) {
  if (lex->classes == ST_MAX_CLASSES)
    return st_fail(err, STANCE_ERR_TOO_LARGE, "more than %d cue classes", ST_MAX_CLASSES);
  bool fine = st_utf8_invalid(name, n) == n;
  for (size_t i = 0; i < n; i++) fine = fine && (unsigned char)name[i] >= 0x20;
  if (!fine)
    return st_fail(err, STANCE_ERR_FORMAT, "the name of a cue class must be UTF-8 without control characters");
  char *copy = malloc(n + 1);
  if (!copy) return st_fail_memory(err, "reading lexicons");
  memcpy(copy, name, n);
  copy[n] = 0;
  lex->names[lex->classes++] = copy;
  st_buf_printf(&lex->text, "[%s]\n", copy);
  return STANCE_OK;
}

static uint64_t mask_of(const st_lexicon *lex, const char *name) {
  int i = st_lexicon_find_class(lex, name);
  return i < 0 ? 0 : (uint64_t)1 << i;
}

/* The skeleton's symbol of an entry with several classes is the class with the fewest forms, which
 * says most; words of the class "self" stand for themselves. */
static stance_status finish(st_lexicon *lex, stance_error *err) {
  if (!lex->table && !make_table(lex, 1024)) return st_fail_memory(err, "reading lexicons");
  lex->filter = st_calloc(FILTER_BITS / 64, sizeof *lex->filter);
  if (!lex->filter) return st_fail_memory(err, "reading lexicons");
  int self = st_lexicon_find_class(lex, "self");
  for (size_t i = 0; i <= lex->mask; i++) {
    st_entry *e = &lex->table[i];
    if (!e->key) continue;
    size_t f = e->key >> 40 & (FILTER_BITS - 1);
    lex->filter[f >> 6] |= (uint64_t)1 << (f & 63);
    if (self >= 0 && e->classes >> self & 1) {
      e->symbol = ST_SYM_SELF;
      continue;
    }
    size_t fewest = SIZE_MAX;
    for (uint64_t left = e->classes; left; left &= left - 1) {
      size_t c = (size_t)__builtin_ctzll(left);
      if (lex->sizes[c] >= fewest) continue;
      fewest = lex->sizes[c];
      e->symbol = (uint8_t)c;
    }
  }
  st_roles *r = &lex->roles;
  r->say = mask_of(lex, "say");
  r->speech_act = mask_of(lex, "speech_act");
  r->think = mask_of(lex, "think");
  r->find = mask_of(lex, "find");
  r->attribution = mask_of(lex, "attribution");
  r->crowd = mask_of(lex, "crowd");
  r->person = mask_of(lex, "source_person");
  r->body = mask_of(lex, "source_body");
  r->document = mask_of(lex, "source_doc");
  r->pronoun = mask_of(lex, "third_person");
  r->first = mask_of(lex, "first_person");
  r->report = r->say | r->speech_act | r->think | r->find;
  return lex->text.failed ? st_fail_memory(err, "reading lexicons") : STANCE_OK;
}

/* Also a NUL, which no form holds at its end. */
static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || !c;
}

/* One line of a lexicon file: forms separated by commas. */
static stance_status add_line(st_lexicon *lex, const char *line, size_t n, st_tokens *tokens,
                              stance_error *err) {
  const char *hash = memchr(line, '#', n);
  if (hash) n = (size_t)(hash - line);
  while (n) {
    const char *comma = memchr(line, ',', n);
    size_t len = comma ? (size_t)(comma - line) : n, a = 0, b = len;
    while (a < b && is_blank(line[a])) a++;
    while (b > a && is_blank(line[b - 1])) b--;
    if (b > a) ST_TRY(add_form(lex, lex->classes - 1, line + a, b - a, tokens, err));
    line += len + (comma != NULL);
    n -= len + (comma != NULL);
  }
  return STANCE_OK;
}

static stance_status too_large(stance_error *err) {
  return st_fail(err, STANCE_ERR_TOO_LARGE, "lexicon over 2 GiB");
}

static stance_status parse_lines(st_lexicon *lex, const char *text, size_t n, bool headings,
                                 st_tokens *tokens, stance_error *err) {
  if (n > INT32_MAX) return too_large(err);
  size_t bad = st_utf8_invalid(text, n);
  if (bad < n) {
    st_fail(err, STANCE_ERR_ENCODING, "lexicon is not UTF-8 at byte %zu", bad);
    return st_error_at(err, STANCE_ERR_ENCODING, NULL, 0, bad);
  }
  uint64_t number = 0;
  size_t mark = n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0; /* byte order mark */
  for (size_t at = mark; at < n;) {
    const char *line = text + at, *end = memchr(line, '\n', n - at);
    size_t len = end ? (size_t)(end - line) : n - at;
    number++;
    at += len + 1;
    stance_status status;
    if (headings && len > 2 && line[0] == '[' && line[len - 1] == ']')
      status = add_class(lex, line + 1, len - 2, err);
    else if (!lex->classes && len) status = st_fail(err, STANCE_ERR_FORMAT, "lexicon without a class");
    else status = add_line(lex, line, len, tokens, err);
    if (status != STANCE_OK) return st_error_at(err, status, NULL, number, at);
  }
  return STANCE_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The sorted names of the folder's *.txt files. */
static stance_status list_files(const char *folder, char ***names, size_t *count, stance_error *err) {
  DIR *dir = opendir(folder);
  if (!dir)
    return st_fail(err, STANCE_ERR_OPEN, "cannot open lexicon folder '%s': %s", folder, strerror(errno));
  size_t cap = 0;
  bool short_of_memory = false;
  for (struct dirent *d; !short_of_memory && (d = readdir(dir));) {
    size_t n = strlen(d->d_name);
    if (n < 5 || strcmp(d->d_name + n - 4, ".txt") || d->d_name[0] == '.') continue;
    char *copy = strdup(d->d_name);
    short_of_memory = !copy || !st_reserve(names, &cap, *count + 1, sizeof **names);
    if (short_of_memory) free(copy);
    else (*names)[(*count)++] = copy;
  }
  closedir(dir);
  if (short_of_memory) return st_fail_memory(err, "listing lexicons");
  if (!*count)
    return st_fail(err, STANCE_ERR_OPEN, "lexicon folder '%s' holds no .txt file", folder);
  qsort(*names, *count, sizeof **names, by_name);
  return STANCE_OK;
}

static stance_status read_file(st_lexicon *lex, const char *folder, const char *name,
                               st_tokens *tokens, stance_error *err) {
  st_buf path = {0};
  st_file file = {0};
  st_buf_printf(&path, "%s/%s", folder, name);
  stance_status status = path.failed ? st_fail_memory(err, "reading lexicons")
                                     : st_file_open(path.data, &file, err);
  if (status == STANCE_OK) status = add_class(lex, name, strlen(name) - 4, err);
  if (status == STANCE_OK) {
    status = parse_lines(lex, file.data, file.len, false, tokens, err);
    if (status != STANCE_OK && err) st_error_at(err, status, path.data, err->line, err->byte);
  }
  st_file_close(&file);
  st_buf_free(&path);
  return status;
}

stance_status st_lexicon_read(const char *folder, st_lexicon **out, stance_error *err) {
  char **names = NULL;
  size_t count = 0;
  st_tokens tokens = {0};
  st_lexicon *lex = calloc(1, sizeof *lex);
  stance_status status = lex ? list_files(folder, &names, &count, err)
                             : st_fail_memory(err, "reading lexicons");
  for (size_t i = 0; status == STANCE_OK && i < count; i++)
    status = read_file(lex, folder, names[i], &tokens, err);
  if (status == STANCE_OK) status = finish(lex, err);
  for (size_t i = 0; i < count; i++) free(names[i]);
  free(names);
  st_tokens_free(&tokens);
  if (status != STANCE_OK) st_lexicon_free(lex);
  else *out = lex;
  return status;
}

stance_status st_lexicon_parse(const char *text, size_t n, st_lexicon **out, stance_error *err) {
  if (n > INT32_MAX) return too_large(err);
  st_tokens tokens = {0};
  st_lexicon *lex = calloc(1, sizeof *lex);
  if (!lex) return st_fail_memory(err, "reading lexicons");
  stance_status status = reserve(lex, n) ? parse_lines(lex, text, n, true, &tokens, err)
                                         : st_fail_memory(err, "reading lexicons");
  if (status == STANCE_OK) status = finish(lex, err);
  st_tokens_free(&tokens);
  if (status != STANCE_OK) st_lexicon_free(lex);
  else *out = lex;
  return status;
}
