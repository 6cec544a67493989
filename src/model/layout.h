/* layout.h: constants of the model file shared by its writer and its reader. */
#ifndef STANCE_MODEL_LAYOUT_H
#define STANCE_MODEL_LAYOUT_H

#include "model/model.h"

enum { ST_HEADER = 32, ST_ENTRY = 32, ST_ALIGN = 64 };

/* In the order of the file. */
enum { ST_INFO, ST_FEATURES, ST_CUES, ST_HEADS, ST_ACTIVE, ST_WEIGHTS, ST_STACK, ST_WORDS, ST_SECTIONS };

static const unsigned char st_magic[8] = {0x89, 'S', 'T', 'N', 'C', '\r', '\n', 0x1a};

static const char *const st_section_names[ST_SECTIONS] = {"info",   "features", "cues", "heads",
                                                          "active", "weights",  "stack", "words"};

#endif
