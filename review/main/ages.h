/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ages: since when the text of a requirement is as it is, as far as a result asks.
 *
 * A document that changed after a requirement's newest passed result is read as it was when
 * that result came about: where the requirement said the same, the result is about it as it
 * is. Nothing is read, and no history walked, where no result is older than its document.
 *
 * At most AGES_READ old documents are read; a requirement beyond that is as old as its
 * document, as it is where no commits are known.
 */
#pragma once

#include "review/main/run.h"

enum { AGES_READ = 64 };

/* What it found is added to the run's inputs, and taken from there where they are given. */
void ages_find(const struct run_ask *ask, struct run *r);
