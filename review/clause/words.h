/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words: a text as a row of words, each with the number of its stem and its place.
 *
 * A word is a run of letters and digits; a full stop between digits stays ("1.3", "5.3.2").
 * Case is folded in ASCII only. Contractions are opened, so that a negation is always the word
 * "not": "doesn't" gives "does not", "won't" gives "will not", "it'll" gives "it will"; the
 * "'s" of "device's" is dropped. What stands between two words is kept as marks.
 *
 * The stem is light: steps 1a, 1b, 1c, the final e and the double l (5a, 5b) of Porter's
 * algorithm (1980), y to i behind a consonant only (as in his later English stemmer), and of
 * the derivational endings -ion, the verb's -ise for -ize, and nothing else: "authentication"
 * and "authenticated" are one, "port" and "portable", "secure" and "security", "log" and
 * "logic" are not. A table holds words that only look inflected ("tls", "https", "embed").
 *
 * Promise: the same texts in the same order give the same numbers; a stem is never longer than
 * its word; the cost grows with the bytes of the text, not with the words known.
 *
 * Not here: phrases (phrase), what a text means (modality).
 */
#pragma once

#include "review/base/text.h"

enum {
    WORD_MAX =
        64 /* bytes of a word that tell it from others; the rest is not looked at */
};

/* Between a word and the next one, or the end of the text: bits. */
enum {
    MARK_COMMA = 1,
    MARK_SEMICOLON = 2,
    MARK_COLON = 4,
    MARK_STOP = 8, /* a sentence ends here: . ! ? and not behind "e.g." and its like */
    MARK_QUESTION = 16,
    MARK_CELL = 32,     /* "|" between blanks: cells of a row */
    MARK_LINE = 64,     /* line end, in code */
    MARK_OPEN = 128,    /* ( or [ */
    MARK_CLOSE = 256,   /* ) or ] */
    MARK_QUOTE = 512,   /* double quotation mark of any form, or a backtick */
    MARK_DASH = 1024,   /* a dash between blanks, or a long one */
    MARK_HYPHEN = 2048, /* a hyphen that touches a word: mostly one compound */
    MARK_SLASH = 4096,
};

struct word {
    uint32_t stem, exact; /* numbers in the lexicon; the same when it is its own stem */
    uint32_t at;          /* byte offset in the text */
    uint16_t len;         /* bytes in the text */
    uint16_t marks;       /* behind it */
};

struct words {
    const struct word *at;
    uint32_t count;
    uint16_t marks; /* before the first */
};

/* Words from `first` up to, not including, `end`. */
struct span {
    uint32_t first, end;
};

struct lexicon; /* every word seen, with its number and its stem's */

struct lexicon *lexicon_new(struct arena *a);
/* Number of a folded word; a new one gets the next. Stems and words share the numbers. */
uint32_t lexicon_number(struct lexicon *l, struct bytes folded);
uint32_t lexicon_stem(
    const struct lexicon *l, uint32_t number); /* of the word's stem */
struct bytes lexicon_text(const struct lexicon *l, uint32_t number);
uint32_t lexicon_count(const struct lexicon *l);

/* The row lies in the arena; the text is not kept. */
struct words words_of(struct lexicon *l, struct arena *a, struct bytes text);
/* The same row, until the next text is taken apart by this lexicon. */
struct words words_peek(struct lexicon *l, struct bytes text);
/* The sentence in which word i stands. */
struct span words_sentence(const struct words *w, uint32_t i);

/* Stem of a folded word of at most WORD_MAX bytes, into `out` of as many; its length. */
size_t word_stem(struct bytes folded, uint8_t *out);
