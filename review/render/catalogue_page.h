/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Catalogue page: what the catalogue holds, for people on 80 columns and as JSON.
 *
 * The JSON of one clause is a file of a catalogue itself (catalogue/schema/catalogue.schema.json),
 * with the sources, columns and corrections that it names: it may be edited and taken in again.
 */
#pragma once

#include "review/catalogue/library.h"

#include <stdio.h>

void render_catalogue_list(const struct library *l, FILE *out);
void render_catalogue_list_json(const struct library *l, FILE *out);
void render_clause(const struct library *l, const struct clause *c, FILE *out);
void render_clause_json(const struct library *l, const struct clause *c, FILE *out);
