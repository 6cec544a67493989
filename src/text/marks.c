/* marks.c: end marks, and what closes after them. */
#include "text/chars.h"
#include "text/scanner.h"

size_t st_read_marks(const st_scanner *g, size_t i, st_marks *k) {
  const unsigned char *s = g->s;
  for (;;) {
    size_t left = g->stop - i;
    if (!left) return i;
    if (s[i] == '.')
      k->dots++, i++;
    else if (s[i] == '?')
      k->questions++, i++;
    else if (s[i] == '!')
      k->exclamations++, i++;
    else if (st_is_e280(s + i, left, ST_E280_ELLIPSIS))
      k->ellipses++, i += 3;
    else if (left >= 3 && ((s[i] == 0xe3 && s[i + 1] == 0x80 && s[i + 2] == 0x82) ||
                           (s[i] == 0xef && s[i + 1] == 0xbc &&
                            (s[i + 2] == 0x81 || s[i + 2] == 0x9f || s[i + 2] == 0x8e))))
      k->wide++, i += 3; /* 。！？． */
    else if (left >= 2 && s[i] == ' ' && s[i + 1] == '.' && k->dots &&
             (left == 2 || !(st_char_class[s[i + 2]] & ST_C_ALNUM)))
      k->spaces++, i++;
    else if (left >= 3 && s[i] == 0xc2 && s[i + 1] == 0xa0 && s[i + 2] == '.' && k->dots)
      k->spaces++, i += 2;
    else
      return i;
  }
}

uint8_t st_mark_kind(const st_marks *k) {
  if (k->questions) return k->exclamations ? ST_MARK_BOTH : ST_MARK_QUESTION;
  if (k->exclamations) return ST_MARK_EXCLAMATION;
  if (k->spaces) return k->dots == 3 ? ST_MARK_SPACED3 : ST_MARK_SPACED4;
  if (k->ellipses) return k->dots ? ST_MARK_DOTS4 : ST_MARK_ELLIPSIS;
  return k->dots == 1 ? ST_MARK_DOT : k->dots == 3 ? ST_MARK_ELLIPSIS : ST_MARK_DOTS4;
}

/* Length of "[12]" or "[a]" at s, a footnote's mark, or 0. */
static size_t footnote(const unsigned char *s, size_t n) {
  size_t i = 1;
  while (i < n && i < 4 && st_char_class[s[i]] & ST_C_DIGIT) i++;
  if (i == 1 && i < n && st_char_class[s[i]] & ST_C_LOWER) i++;
  return i > 1 && i < n && s[i] == ']' ? i + 1 : 0;
}

size_t st_read_closers(st_scanner *g, size_t i, uint8_t *closers) {
  const unsigned char *s = g->s;
  for (;;) {
    size_t left = g->stop - i, m;
    if (!left) return i;
    bool last = left == 1 || !(st_char_class[s[i + 1]] & ST_C_ALNUM);
    if (s[i] == '"') {
      g->open = false;
      *closers |= ST_CLOSE_DOUBLE, i++;
    } else if (s[i] == '\'' && last) {
      bool two = left > 1 && s[i + 1] == '\'';
      *closers |= two ? ST_CLOSE_DOUBLE : ST_CLOSE_SINGLE, i += two ? 2 : 1;
    } else if (st_is_e280(s + i, left, ST_E280_RIGHT_DOUBLE)) {
      g->open = false;
      *closers |= ST_CLOSE_DOUBLE, i += 3;
    } else if (st_is_e280(s + i, left, ST_E280_RIGHT_SINGLE)) {
      *closers |= ST_CLOSE_SINGLE, i += 3;
    } else if (left >= 2 && s[i] == 0xc2 && s[i + 1] == 0xbb) {
      *closers |= ST_CLOSE_DOUBLE, i += 2; /* » */
    } else if (s[i] == ')' || s[i] == ']' || s[i] == '}') {
      if (g->depth && s[i] != '}') g->depth--;
      *closers |= ST_CLOSE_BRACKET, i++;
    } else if (s[i] == '[' && (m = footnote(s + i, left))) {
      *closers |= ST_CLOSE_OTHER, i += m;
    } else if ((s[i] == '*' || s[i] == '_') && last) {
      *closers |= ST_CLOSE_OTHER, i++;
    } else if (left >= 2 && s[i] == 0xc2 &&
               (s[i + 1] == 0xb9 || s[i + 1] == 0xb2 || s[i + 1] == 0xb3)) {
      *closers |= ST_CLOSE_OTHER, i += 2; /* ¹ ² ³ */
    } else if (left >= 2 && s[i] == ' ' &&
               ((s[i + 1] == '"' && g->open) || (s[i + 1] == ')' && g->depth)) &&
               (left == 2 || st_char_class[s[i + 2]] & ST_C_SPACE)) {
      i++; /* `. "` with the quotation's end set apart */
    } else if (left >= 4 && s[i] == ' ' && s[i + 1] == '[' && s[g->start] != '[' &&
               st_char_class[s[i + 2]] & ST_C_DIGIT && (m = footnote(s + i + 1, left - 1))) {
      *closers |= ST_CLOSE_OTHER, i += 1 + m; /* "fell. [1] The": belongs to what it follows */
    } else {
      return i;
    }
  }
}
