/* SPDX-License-Identifier: Apache-2.0 */
#include "device/net/prove.h"

#include "wire/attest.h"

enum { NO_CONTENT = 204, FORBIDDEN = 403 };

enum status prove_begin(struct prove *p, struct room out, size_t *len)
{
    p->quoted = false;
    return http_attest_build(p->device, p->host, (struct bytes){0}, out, len);
}

/* Req: HF-TPM-014 "for the nonce of the cloud and for this connection" */
static enum status quote(
    struct prove *p, struct bytes asked, struct room out, size_t *len)
{
    struct attest_ask ask;
    struct trust_evidence said;
    struct digest bound;
    uint8_t body[ATTEST_QUOTE_MAX];

    TRY(attest_ask_parse(asked, &ask));
    attest_bound(&ask.nonce, &p->channel, &bound);
    if (p->trust->quote(p->trust->board, ask.registers, &bound, &said) != OK)
        return BROKEN;
    struct attest_quote q = {.nonce = ask.nonce,
        .channel = p->channel,
        .said = {said.said.b, said.said.len},
        .signature = {said.signature.b, said.signature.len}};
    TRY(http_attest_build(
        p->device, p->host, attest_quote_build(&q, ROOM_OF(body)), out, len));
    p->quoted = true;
    return AGAIN;
}

enum status prove_answered(
    struct prove *p, const struct http_answer *a, struct room out, size_t *len)
{
    if (a->status == NO_CONTENT)
        return OK;
    if (a->status == FORBIDDEN)
        return REFUSED;
    if (a->status != 200)
        return a->status >= 429 ? FULL : MALFORMED;
    return p->quoted ? MALFORMED : quote(p, a->body, out, len);
}
