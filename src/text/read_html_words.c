/* read_html_words.c: what an element's name, class, id and role say of it.
 *
 *     <div class="storyBody_related-links">  ─▶  " story body related links "
 *
 * Words are split at case and marks, so that "ad" is never found in "header". */
#include "text/read_html.h"

#include <string.h>
#include <strings.h>

const char *st_attribute(const GumboElement *e, const char *name) {
  const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);
  return a && a->value ? a->value : "";
}

bool st_is_block(const GumboElement *e) {
  switch (e->tag) {
  case GUMBO_TAG_ADDRESS:
  case GUMBO_TAG_ARTICLE:
  case GUMBO_TAG_ASIDE:
  case GUMBO_TAG_BLOCKQUOTE:
  case GUMBO_TAG_BODY:
  case GUMBO_TAG_CAPTION:
  case GUMBO_TAG_CENTER:
  case GUMBO_TAG_DD:
  case GUMBO_TAG_DETAILS:
  case GUMBO_TAG_DIR:
  case GUMBO_TAG_DIV:
  case GUMBO_TAG_DL:
  case GUMBO_TAG_DT:
  case GUMBO_TAG_FIELDSET:
  case GUMBO_TAG_FIGCAPTION:
  case GUMBO_TAG_FIGURE:
  case GUMBO_TAG_FOOTER:
  case GUMBO_TAG_FORM:
  case GUMBO_TAG_H1:
  case GUMBO_TAG_H2:
  case GUMBO_TAG_H3:
  case GUMBO_TAG_H4:
  case GUMBO_TAG_H5:
  case GUMBO_TAG_H6:
  case GUMBO_TAG_HEADER:
  case GUMBO_TAG_HGROUP:
  case GUMBO_TAG_HR:
  case GUMBO_TAG_HTML:
  case GUMBO_TAG_LEGEND:
  case GUMBO_TAG_LI:
  case GUMBO_TAG_MAIN:
  case GUMBO_TAG_MENU:
  case GUMBO_TAG_NAV:
  case GUMBO_TAG_OL:
  case GUMBO_TAG_P:
  case GUMBO_TAG_PRE:
  case GUMBO_TAG_SECTION:
  case GUMBO_TAG_SUMMARY:
  case GUMBO_TAG_TABLE:
  case GUMBO_TAG_TBODY:
  case GUMBO_TAG_TD:
  case GUMBO_TAG_TFOOT:
  case GUMBO_TAG_TH:
  case GUMBO_TAG_THEAD:
  case GUMBO_TAG_TR:
  case GUMBO_TAG_UL: return true;
  case GUMBO_TAG_UNKNOWN: /* custom elements (x-card) are containers; Word's <o:p> is not */
    for (size_t i = 0; i < e->original_tag.length && e->original_tag.data[i] > ' '; i++)
      if (e->original_tag.data[i] == '-') return true;
    return false;
  default: return false;
  }
}

bool st_is_skipped(const GumboElement *e) {
  if (e->tag_namespace != GUMBO_NAMESPACE_HTML) return true;
  switch (e->tag) {
  case GUMBO_TAG_HEAD:
  case GUMBO_TAG_SCRIPT:
  case GUMBO_TAG_STYLE:
  case GUMBO_TAG_NOSCRIPT:
  case GUMBO_TAG_TEMPLATE:
  case GUMBO_TAG_IFRAME:
  case GUMBO_TAG_OBJECT:
  case GUMBO_TAG_EMBED:
  case GUMBO_TAG_APPLET:
  case GUMBO_TAG_CANVAS:
  case GUMBO_TAG_AUDIO:
  case GUMBO_TAG_VIDEO:
  case GUMBO_TAG_SELECT:
  case GUMBO_TAG_OPTION:
  case GUMBO_TAG_OPTGROUP:
  case GUMBO_TAG_DATALIST:
  case GUMBO_TAG_TEXTAREA:
  case GUMBO_TAG_INPUT:
  case GUMBO_TAG_BUTTON:
  case GUMBO_TAG_MAP:
  case GUMBO_TAG_NOFRAMES:
  case GUMBO_TAG_PROGRESS:
  case GUMBO_TAG_METER:
  case GUMBO_TAG_RP:
  case GUMBO_TAG_RT:
  case GUMBO_TAG_TITLE: return true;
  default: return false;
  }
}

enum { ROOM = 400 };

static bool upper(char c) {
  return c >= 'A' && c <= 'Z';
}

static bool word_char(char c) {
  return (c >= 'a' && c <= 'z') || upper(c) || (c >= '0' && c <= '9');
}

/* Appends the words of s in lower case, each with a space after it. */
static size_t add_words(char *out, size_t n, const char *s) {
  bool word = false;
  for (size_t i = 0; s[i] && n + 3 < ROOM; i++) {
    if (!word_char(s[i])) {
      if (word) out[n++] = ' ';
      word = false;
      continue;
    }
    bool hump = upper(s[i]) && word && i && !upper(s[i - 1]);
    if (hump) out[n++] = ' ';
    out[n++] = upper(s[i]) ? (char)(s[i] + 32) : s[i];
    word = true;
  }
  if (word) out[n++] = ' ';
  out[n] = 0;
  return n;
}

static bool has(const char *words, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strstr(words, list[i])) return true;
  return false;
}
#define HAS(words, list) has(words, list, sizeof(list) / sizeof *(list))

static const char *const hidden[] = {
    " visually hidden ", " visuallyhidden ", " sr only ",    " screen reader ",  " screenreader ",
    " a11y hidden ",     " skip link ",      " print only ", " mw editsection ", " off screen "};
static const char *const navigation[] = {
    " nav ",         " navbar ",           " navigation ",      " menu ",     " breadcrumb ",
    " breadcrumbs ", " pagination ",       " pager ",           " masthead ", " topbar ",
    " site header ", " global header ",    " page header bar ", " skip to ",  " subnav ",
    " toc ",         " table of contents "};
static const char *const cookie[] = {" cookie ",   " cookies ", " consent ", " gdpr ",     " ccpa ",
                                     " onetrust ", " cmp ",     " qc cmp2 ", " cookiebar "};
static const char *const related[] = {
    " related ",         " recirc ",        " recirculation ", " recommended ",  " recommendation ",
    " recommendations ", " trending ",      " popular ",       " most read ",    " mostread ",
    " most viewed ",     " read more ",     " readmore ",      " read next ",    " readnext ",
    " also read ",       " see also ",      " more stories ",  " more from ",    " more on ",
    " more news ",       " up next ",       " upnext ",        " outbrain ",     " taboola ",
    " promo ",           " promos ",        " promotion ",     " latest ",       " headlines ",
    " teasers ",         " linkbox ",       " link box ",      " linklist ",     " you may like ",
    " top stories ",     " onward ",        " rich link ",     " story list ",   " in this series ",
    " editors picks ",   " story package ", " nextarticle ",   " next article ", " series "};
static const char *const comments[] = {" comment ",    " comments ",       " disqus ", " respond ",
                                       " livefyre ",   " commentlist ",    " coral ",  " viafoura ",
                                       " discussion ", " reader comments "};
static const char *const sharing[] = {
    " share ",     " sharing ",       " social ",    " sharedaddy ", " addthis ",
    " sharethis ", " share buttons ", " follow us ", " sharebar ",   " social links "};
static const char *const advertising[] = {
    " ad ",          " ads ",      " advert ",    " adverts ",     " advertisement ",
    " advertising ", " sponsor ",  " sponsored ", " sponsorship ", " dfp ",
    " adslot ",      " ad slot ",  " adunit ",    " adsbygoogle ", " commercial unit ",
    " paid post ",   " affiliate "};
static const char *const newsletter[] = {
    " newsletter ",   " newsletters ",    " signup ",  " sign up ",      " subscribe ",
    " subscription ", " paywall ",        " donate ",  " donation ",     " membership ",
    " cta ",          " call to action ", " regwall ", " contribution ", " reader revenue ",
    " app promo "};
static const char *const footers[] = {" footer ", " copyright ", " colophon ", " footnote links "};
static const char *const sidebars[] = {" sidebar ", " side bar ", " rail ",     " right rail ",
                                       " widget ",  " widgets ",  " secondary "};
static const char *const furniture[] = {" tags ",
                                        " taglist ",
                                        " tag list ",
                                        " topics ",
                                        " keywords ",
                                        " toolbar ",
                                        " tools ",
                                        " print ",
                                        " audio player ",
                                        " player ",
                                        " listen ",
                                        " reading time ",
                                        " read time ",
                                        " popup ",
                                        " modal ",
                                        " overlay ",
                                        " toast ",
                                        " banner ",
                                        " author bio ",
                                        " author box ",
                                        " author card ",
                                        " about author ",
                                        " author info ",
                                        " bio ",
                                        " rating ",
                                        " poll ",
                                        " quiz ",
                                        " weather ",
                                        " ticker ",
                                        " stock ",
                                        " gallery controls ",
                                        " lightbox ",
                                        " badge ",
                                        " post meta footer ",
                                        " entry footer ",
                                        " entry utility ",
                                        " report error ",
                                        " feedback ",
                                        " survey "};

static const char *const captions[] = {" imgcaption ",      " image caption text ", " caption ",
                                       " captions ",        " figcaption ",         " credit ",
                                       " photo credit ",    " image credit ",       " cutline ",
                                       " wp caption text ", " image description ",  " media info ",
                                       " picture text "};
static const char *const quotes[] = {" pullquote ", " pull quote ", " quote ", " blockquote "};
static const char *const bylines[] = {
    " byline ",         " bylines ",      " author ",       " authors ",    " contributor ",
    " dateline ",       " timestamp ",    " published ",    " pubdate ",    " post meta ",
    " entry meta ",     " article meta ", " posted on ",    " story meta ", " metadata ",
    " date published ", " publish date ", " article date ", " writer "};
static const char *const leads[] = {
    " subheading ",      " dek ",          " standfirst ", " subhead ",
    " subheadline ",     " subtitle ",     " sub title ",  " lede ",
    " strapline ",       " deck ",         " intro ",      " introduction ",
    " article summary ", " article lead ", " teaser ",     " excerpt ",
    " abstract ",        " ingress "};
static const char *const headlines[] = {" headline ",      " entry title ", " post title ",
                                        " article title ", " story title ", " page title "};
static const char *const articles[] = {" article body ",
                                       " articlebody ",
                                       " article content ",
                                       " article text ",
                                       " entry content ",
                                       " post content ",
                                       " post body ",
                                       " story body ",
                                       " storybody ",
                                       " story content ",
                                       " story text ",
                                       " body copy ",
                                       " rich text story body ",
                                       " content body ",
                                       " field name body "};

static const char *boilerplate(const char *words) {
  if (HAS(words, cookie)) return "cookie banner";
  if (HAS(words, comments)) return "comments";
  if (HAS(words, related)) return "related links";
  if (HAS(words, navigation)) return "navigation";
  if (HAS(words, newsletter)) return "newsletter";
  if (HAS(words, sharing)) return "sharing";
  if (HAS(words, advertising)) return "advertising";
  if (HAS(words, footers)) return "footer";
  if (HAS(words, sidebars)) return "sidebar";
  if (HAS(words, furniture)) return "furniture";
  return NULL;
}

static bool is_hidden(const GumboElement *e, const char *words) {
  if (e->tag == GUMBO_TAG_BODY || e->tag == GUMBO_TAG_HTML) return false;
  if (gumbo_get_attribute(&e->attributes, "hidden")) return true;
  if (!strcasecmp(st_attribute(e, "aria-hidden"), "true")) return true;
  const char *style = st_attribute(e, "style");
  for (const char *p = style; (p = strchr(p, ':')); p++) {
    const char *value = p + 1;
    while (*value == ' ') value++;
    if (p - style >= 7 && !strncasecmp(p - 7, "display", 7) && !strncasecmp(value, "none", 4))
      return true;
    if (p - style >= 10 && !strncasecmp(p - 10, "visibility", 10) &&
        !strncasecmp(value, "hidden", 6))
      return true;
  }
  return HAS(words, hidden);
}

static st_role by_tag(const GumboElement *e, const char **why) {
  switch (e->tag) {
  case GUMBO_TAG_NAV:
  case GUMBO_TAG_MENU: *why = "navigation"; return ST_ROLE_BOILERPLATE;
  case GUMBO_TAG_FOOTER: *why = "footer"; return ST_ROLE_BOILERPLATE;
  case GUMBO_TAG_ASIDE: *why = "sidebar"; return ST_ROLE_BOILERPLATE;
  case GUMBO_TAG_FORM:
  case GUMBO_TAG_FIELDSET: *why = "form"; return ST_ROLE_BOILERPLATE;
  case GUMBO_TAG_FIGCAPTION:
  case GUMBO_TAG_CAPTION: return ST_ROLE_CAPTION;
  case GUMBO_TAG_BLOCKQUOTE:
  case GUMBO_TAG_Q: return e->tag == GUMBO_TAG_Q ? ST_ROLE_NONE : ST_ROLE_QUOTE;
  default: break;
  }
  const char *role = st_attribute(e, "role");
  if (!strcasecmp(role, "navigation") || !strcasecmp(role, "menu") ||
      !strcasecmp(role, "menubar") || !strcasecmp(role, "banner")) {
    *why = "navigation";
  } else if (!strcasecmp(role, "complementary")) {
    *why = "sidebar";
  } else if (!strcasecmp(role, "contentinfo")) {
    *why = "footer";
  } else if (!strcasecmp(role, "dialog") || !strcasecmp(role, "alertdialog") ||
             !strcasecmp(role, "search") || !strcasecmp(role, "tooltip")) {
    *why = "furniture";
  }
  return *why ? ST_ROLE_BOILERPLATE : ST_ROLE_NONE;
}

st_role st_role_of(const GumboElement *e, const char **why) {
  char words[ROOM] = " ";
  size_t n = 1;
  *why = NULL;
  n = add_words(words, n, st_attribute(e, "class"));
  n = add_words(words, n, st_attribute(e, "id"));
  n = add_words(words, n, st_attribute(e, "itemprop"));
  n = add_words(words, n, st_attribute(e, "data-component"));
  n = add_words(words, n, st_attribute(e, "data-testid"));
  n = add_words(words, n, st_attribute(e, "data-type"));
  (void)n;
  if (is_hidden(e, words)) return ST_ROLE_HIDDEN;
  bool frame = e->tag == GUMBO_TAG_HTML || e->tag == GUMBO_TAG_BODY || e->tag == GUMBO_TAG_MAIN;
  if (frame) return ST_ROLE_NONE;
  if (HAS(words, quotes)) return ST_ROLE_QUOTE;
  bool article = HAS(words, articles) || e->tag == GUMBO_TAG_ARTICLE;
  st_role tag = by_tag(e, why);
  const char *named = article && !strstr(words, " comment") ? NULL : boilerplate(words);
  if (tag == ST_ROLE_CAPTION || tag == ST_ROLE_QUOTE) return tag;
  if (HAS(words, captions) && (!named || !strcmp(named, "furniture"))) return ST_ROLE_CAPTION;
  if (named) {
    *why = named;
    return ST_ROLE_BOILERPLATE;
  }
  if (tag == ST_ROLE_BOILERPLATE) return tag;
  if (HAS(words, headlines)) return ST_ROLE_HEADLINE;
  if (article) return ST_ROLE_ARTICLE;
  if (HAS(words, bylines) || e->tag == GUMBO_TAG_ADDRESS) return ST_ROLE_BYLINE;
  if (HAS(words, leads)) return ST_ROLE_LEAD;
  return ST_ROLE_NONE;
}
