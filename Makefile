# make            the program ./stance, libstance.a, libstance.so
# make check      every test, plain and under AddressSanitizer + UBSan
# make check-browser  the page in real Chromium (node, npm, chromium)
# make install    PREFIX=/usr/local DESTDIR=
# make model      trains models/news.stance; model-open: one from our own sentences alone
# make bench          all of these in turn, peers side by side:
# make bench-linear   training speed and memory against liblinear
# make bench-classify labelling speed against fastText and scikit-learn
# make bench-sets     accuracy on public sets beside liblinear and published figures
# make bench-segment  sentences against gold; SEGMENTATION=folder
# make train-segment  the segmenter's tables anew, from SEGMENTATION/ud_ewt_train.jsonl
# make format     clang-format over the C files
# Needs the packages that `sh tools/start` installs.

CC      ?= cc
CFLAGS  ?= -O3 -g
PREFIX  ?= /usr/local
VERSION := $(shell sed -n 's/^.define STANCE_VERSION "\(.*\)"/\1/p' src/stance.h)
PKGS    := libutf8proc jansson gumbo md4c minizip expat zlib

WARN    := -Wall -Wextra -Wpedantic -Wconversion -Wshadow
BASE    := -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -fPIC -fvisibility=hidden -DXXH_INLINE_ALL -ffp-contract=off -pthread -Isrc $(shell pkg-config --cflags $(PKGS) openblas)
LIBS    := $(shell pkg-config --libs $(PKGS)) -lm -pthread
SAN     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# The review server is built where its header is; the library itself is opened at run time.
WITH_REVIEW ?= $(shell pkg-config --exists libmicrohttpd && echo 1)
ifeq ($(WITH_REVIEW),1)
BASE    += -DWITH_REVIEW $(shell pkg-config --cflags libmicrohttpd)
endif

# B is the build folder: build/plain, or build/san for the sanitizers.
B       ?= build/plain
LIBSRC  := $(filter-out src/cli/%,$(wildcard src/*/*.c))
CLISRC  := $(wildcard src/cli/*.c)
TESTSRC := $(wildcard tests/unit/test_*.c)
FUZZSRC := $(wildcard tests/fuzz/fuzz_*.c)
LIBOBJ  := $(LIBSRC:%.c=$B/%.o)
CLIOBJ  := $(CLISRC:%.c=$B/%.o)
TESTS   := $(TESTSRC:tests/unit/%.c=$B/%)
FUZZERS := $(FUZZSRC:tests/fuzz/%.c=$B/%)

.PHONY: all model model-open check check-one check-browser bench bench-classify bench-linear bench-sets bench-segment train-segment install clean format
.SECONDARY:
all: stance libstance.a libstance.so

stance: build/plain/stance
	cp $< $@
libstance.a: build/plain/libstance.a
	cp $< $@
libstance.so: build/plain/libstance.so
	cp $< $@

# The page's files as arrays of bytes, indentation and lines of comment left out.
PAGE    := $(wildcard src/report/page/page.*)
$B/page.h: $(PAGE) Makefile
	@mkdir -p $(@D)
	for f in $(PAGE); do \
	  echo "static const unsigned char $$(basename $$f | tr . _)[] = {"; \
	  sed -e 's/^ *//' -e '/^\/\/ /d' -e '/^$$/d' $$f | od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'; \
	  echo '};'; \
	done >$@.tmp && mv $@.tmp $@
$B/src/report/html.o: $B/page.h
$B/src/report/html.o: BASE += -I$B

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(BASE) $(WARN) $(CFLAGS) -MMD -MP -c $< -o $@
$B/libstance.a: $(LIBOBJ)
	rm -f $@ && ar rcs $@ $^
$B/libstance.so: $(LIBOBJ)
	$(CC) $(CFLAGS) -shared -Wl,-soname,libstance.so.0 -o $@ $^ $(LIBS)
$B/stance: $(CLIOBJ) $B/libstance.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)
$B/test_%: $B/tests/unit/test_%.o $B/libstance.a
	$(CC) $(CFLAGS) $(WRAP) -o $@ $^ $(LIBS) -lcmocka
# Without a library of BLAS.
$B/test_blas: WRAP := -Wl,--wrap=dlopen
# Tests that make allocations fail.
$B/test_core $B/test_model $B/test_linear_memory: WRAP := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc
$B/fuzz_%: $B/tests/fuzz/fuzz_%.o $B/libstance.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)
# The command line's parser: main.c is included by the fuzzer.
$B/fuzz_options: $B/tests/fuzz/fuzz_options.o $(filter-out %/main.o,$(CLIOBJ)) $B/libstance.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

$B/bench-%: $B/tools/bench-%.o $B/libstance.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)
# Only src/core/blas.c knows OpenBLAS otherwise, and opens it at run time.
$B/bench-blas: LIBS += $(shell pkg-config --libs openblas)
$B/blocks: $B/tools/blocks.o $B/libstance.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

# One build folder's tests: unit tests, then the command line.
check-one: $(TESTS) $(FUZZERS) $B/stance
	sh tests/run $B

check:
	$(MAKE) check-one B=build/plain
	$(MAKE) check-one B=build/san CFLAGS="$(SAN)"

check-browser: stance
	sh tests/browser/run ./stance

bench: bench-linear bench-classify bench-segment bench-sets

# Labelling against fastText and scikit-learn.
bench-classify: stance
	tools/bench-classify

# Training against liblinear, threads, memory, BLAS against loops.
bench-linear: build/plain/bench-linear build/plain/bench-blas
	tools/bench-linear build/plain

SEGMENTATION ?= ../shared/segmentation
bench-segment: build/plain/stance
	tools/bench-segment $< $(SEGMENTATION)
train-segment:
	tools/segment-train.py words $(SEGMENTATION)/ud_ewt_train.jsonl
	$(MAKE) build/plain/segment-features
	tools/segment-train.py weights $(SEGMENTATION)/ud_ewt_train.jsonl build/plain/segment-features
$B/segment-%: $B/tools/segment-%.o $B/libstance.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

# The shipped model needs the texts of public corpora (CORPORA=folder, see tools/make-model);
# model-open needs nothing but this repository.
model: stance
	sh tools/make-model news models/news.stance
model-open: stance
	sh tools/make-model open build/open.stance

# Accuracy of one recipe on public sets.
bench-sets: stance
	tools/bench-sets

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/share/stance/cues
	install -m 755 stance $(DESTDIR)$(PREFIX)/bin/stance
	install -m 644 libstance.a $(DESTDIR)$(PREFIX)/lib/libstance.a
	install -m 755 libstance.so $(DESTDIR)$(PREFIX)/lib/libstance.so.0
	ln -sf libstance.so.0 $(DESTDIR)$(PREFIX)/lib/libstance.so
	install -m 644 src/stance.h $(DESTDIR)$(PREFIX)/include/stance.h
	install -m 644 models/news.stance $(DESTDIR)$(PREFIX)/share/stance/news.stance
	install -m 644 datasets/cues/*.txt $(DESTDIR)$(PREFIX)/share/stance/cues
	sh tools/install-help ./stance $(DESTDIR)$(PREFIX)/share

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build stance libstance.a libstance.so

-include $(LIBOBJ:.o=.d) $(CLIOBJ:.o=.d) $(TESTSRC:%.c=$B/%.d)
