/* SPDX-License-Identifier: Apache-2.0 */
/* sign and key new: whose word a pack is. */
#include "review/main/packed.h"
#include "review/pack/shown.h"

int packed_sign(struct arena *a, const char *path, struct dsse *d)
{
    struct sign_key *k = NULL;
    const char *why = "";
    char id[SIGN_KEY_ID_TEXT];
    if (d->signature_count == DSSE_SIGNATURES_MAX)
        return cli_error(EXIT_USAGE, NULL, 0, "the pack has 64 signatures", "fewer");
    if (sign_key_open_private(path, &k, &why) != OK)
        return cli_error(EXIT_USAGE, path, 0, why,
            "a private Ed25519 key, mode 0400 (holdfast-review key new)");
    uint8_t *signature = arena_take(a, SIGN_KEY_SIGNATURE);
    sign_key_id(k, id);
    sign_key_sign(k, dsse_signed(a, d->type, d->payload), signature);
    sign_key_free(k);
    d->signatures[d->signature_count++] = (struct dsse_signature){
        arena_copy(a, text_of(id)), {signature, SIGN_KEY_SIGNATURE}};
    return EXIT_DONE;
}

void packed_say_signed(struct arena *a, const struct dsse *d)
{
    if (!d->signature_count)
        puts("signed    by nobody: whoever has it can change it (--key FILE)");
    for (uint32_t i = 0; i < d->signature_count; i++)
        printf("signed    by key %s\n",
            (const char *)shown_text(a, d->signatures[i].key_id).at);
}

enum exit_code verb_key_new(const char *path)
{
    struct sign_key *k = NULL;
    const char *why = "";
    char id[SIGN_KEY_ID_TEXT];
    if (sign_key_make(path, &why) != OK || sign_key_open_private(path, &k, &why) != OK)
        return (enum exit_code)cli_error(EXIT_ENVIRONMENT, path, 0, why,
            "a new file in a folder that can be written");
    sign_key_id(k, id);
    sign_key_free(k);
    printf(
        "private   %s: keep it, and give it to nobody\npublic    %s.pub\nkey       %s\n",
        path, path, id);
    return EXIT_DONE;
}

/* The same files, with one signature more. */
static int sign(
    struct arena *a, const struct weighed *w, const char *key, const char *output)
{
    struct dsse *d = arena_take(a, sizeof *d);
    *d = *w->envelope;
    int code = packed_sign(a, key, d);
    if (code != EXIT_DONE)
        return code;
    for (uint32_t i = 0; i < w->file_count; i++)
        if (text_same(w->files[i].name, TEXT(STATEMENT_FILE)))
            w->files[i].content = dsse_write(a, d);
    if (pack_size(w->files, w->file_count) > PACK_BYTES_MAX)
        return cli_error(EXIT_ENVIRONMENT, NULL, 0, "more than a pack holds",
            "at most 256 MiB in all");
    code = (int)packed_write(a, output, w->files, w->file_count);
    if (code == EXIT_DONE)
        packed_say_signed(a, d);
    return code;
}

enum exit_code verb_sign(const char *pack, const char *key, const char *output)
{
    struct arena *a = arena_new();
    struct inspected in;
    struct weighed w;
    int code = (int)packed_open(a, pack, NULL, &in, &w);
    if (code == EXIT_DONE)
        code = sign(a, &w, key, output);
    arena_free(a);
    return (enum exit_code)code;
}
