/* test_html.c: the page's bytes: escaping, parts, labels of any set, the content policy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/html.h"

static stance_status collect(void *ctx, const void *bytes, size_t n, stance_error *err) {
  (void)err;
  st_buf_add(ctx, bytes, n);
  return STANCE_OK;
}

static const char *const names[] = {"speculation", "<b>odd\"&</b>", "three", "four", "five", "six"};
static const char text[] = "It <i>could</i>\r\nrain & \"pour\". ***";
static const float scores[6] = {0.6f, 0.1f, 0.1f, 0.1f, 0.05f, 0.05f};
static const stance_evidence evidence[] = {{6, 11, 6, 11, 1.0f, "modal"},
                                           {3, 11, 3, 11, 0.5f, "a<b"}};
static const stance_evidence loud[] = {{25, 29, 25, 29, 0.5f, "loaded"}};

static st_buf document(stance_sentence *s, size_t n) {
  st_buf got = {0};
  stance_document d = {.name = "a<b>\".txt",
                       .text = text,
                       .text_len = sizeof text - 1,
                       .file = text,
                       .file_len = sizeof text - 1,
                       .sentences = s,
                       .n_sentences = n,
                       .sensationalism = NAN};
  st_style style;
  assert_true(st_style_init(&style, names, 6, "m \"1\"", false, 0));
  st_sink sink = {.write = collect, .ctx = &got};
  st_html_begin(&sink.buf, &style, false);
  assert_int_equal(st_html_document(&sink, &style, &d, 0), STANCE_OK);
  st_html_end(&sink.buf, &style);
  assert_int_equal(st_sink_flush(&sink, 0), STANCE_OK);
  st_buf_free(&sink.buf);
  st_style_free(&style);
  return got;
}

static stance_sentence sentence(void) {
  return (stance_sentence){.end = 31,
                           .cp_end = 31,
                           .scores = scores,
                           .confidence = 0.6f,
                           .sensationalism = NAN,
                           .evidence = evidence,
                           .n_evidence = 2,
                           .loud = loud,
                           .n_loud = 1};
}

static void has(const st_buf *got, const char *part) {
  if (!strstr(got->data, part)) fail_msg("the page lacks: %s", part);
}

static void test_sentence(void **state) {
  (void)state;
  stance_sentence s[2] = {sentence(), sentence()};
  s[1].start = 32, s[1].end = 35, s[1].best = s[1].label = STANCE_NO_LABEL;
  st_buf got = document(s, 2);
  has(&got, "data-doc=\"a&lt;b&gt;&quot;.txt\"");
  has(&got, "<p class=p dir=auto><span class=\"s l0\" id=d1s1 data-f=");
  has(&got,
      " data-c=\"6000 1000 1000 1000 500 500\"><span class=t aria-hidden=true>SPEC</span><span "
      "class=h>speculation, 0.60: </span>It <b>&lt;i&gt;could<i> (a&lt;b)</i></b>&lt;/i&gt;&#13;\n"
      "rain &amp; &quot;<b class=x>pour<i> (loaded)</i></b>&quot;.<span class=w>speculation 0.60 ");
  has(&got, "</span></span> ***</p>"); /* nothing to judge: no label */
  has(&got, "<input type=checkbox checked value=\"&lt;b&gt;odd&quot;&amp;&lt;/b&gt;\"");
  has(&got, ".l5{--l:");
  has(&got, "<kbd>6</kbd>");
  has(&got, "data-model=\"m &quot;1&quot;\"");
  assert_null(strstr(got.data, "@TEXT@"));
  st_buf_free(&got);
}

static void test_parts(void **state) {
  (void)state;
  stance_sentence s[6];
  for (size_t i = 0; i < 6; i++) {
    s[i] = sentence();
    s[i].paragraph = (uint32_t)i;
    s[i].part = (stance_part[]){STANCE_HEADLINE, STANCE_LIST,    STANCE_LIST,
                                STANCE_QUOTE,    STANCE_CAPTION, STANCE_BODY}[i];
  }
  s[5].label = STANCE_UNSURE;
  s[5].quoted = true;
  s[5].source_start = 0, s[5].source_end = 2;
  st_buf got = document(s, 6);
  has(&got, "<h3 class=\"p top\" dir=auto><span");
  has(&got, "</h3>\n<ul class=p><li dir=auto>");
  has(&got, "</li>\n<li dir=auto>");
  has(&got, "</li></ul>\n<blockquote class=p dir=auto><p>");
  has(&got, "<span class=what>caption</span>");
  has(&got, "<span class=\"s u\" id=d1s6 ");
  has(&got, " data-u><span class=t aria-hidden=true>?</span><span class=h>unsure, 0.60: </span>");
  has(&got, ":6 data-c="); /* the sixth of equal sentences */
  has(&got, "<span class=w>unsure, perhaps speculation 0.60 ");
  has(&got, " \xc2\xb7 source: It \xc2\xb7 in quotation</span>");
  st_buf_free(&got);
  got = document(s, 0);
  has(&got, "0 sentences");
  st_buf_free(&got);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sentence), cmocka_unit_test(test_parts)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
