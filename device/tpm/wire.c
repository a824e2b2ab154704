/* SPDX-License-Identifier: Apache-2.0 */
#include "device/tpm/wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <tss2/tss2_tpm2_types.h>
#include <unistd.h>

enum { HEAD_LEN = 10 }; /* of a response: tag (2), size (4), code (4) */

static const uint64_t magic =
    UINT64_C(0x686f6c6466617374); /* any: the TSS asks for one */

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool ready(struct tpm_wire *w, short what, uint64_t until_ms)
{
    for (;;) {
        uint64_t now = now_ms();
        struct pollfd p = {.fd = w->fd, .events = what};
        int n = poll(&p, 1, now < until_ms ? (int)(until_ms - now) : 0);
        if (n == 1)
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        w->state = n == 0 ? TPM_WIRE_SLOW : TPM_WIRE_GONE;
        return false;
    }
}

static bool later(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* A simulator that has gone must not end us with a signal. */
static ssize_t put(int fd, const uint8_t *at, size_t len)
{
    ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
    return n < 0 && errno == ENOTSOCK ? write(fd, at, len) : n;
}

static TSS2_RC transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
    struct tpm_wire *w = (struct tpm_wire *)(void *)context;
    uint64_t until = now_ms() + w->wait_ms;
    size_t sent = 0;

    while (w->state == TPM_WIRE_GOOD && sent < size) {
        if (!ready(w, POLLOUT, until))
            break;
        ssize_t n = put(w->fd, command + sent, size - sent);
        if (n > 0)
            sent += (size_t)n;
        else if (n == 0 || !later())
            w->state = TPM_WIRE_GONE;
    }
    return w->state == TPM_WIRE_GOOD ? TSS2_RC_SUCCESS : TSS2_TCTI_RC_IO_ERROR;
}

/* 0: not known yet. */
static size_t length_of(const uint8_t *head, size_t len)
{
    if (len < HEAD_LEN)
        return 0;
    return (size_t)head[2] << 24 | (size_t)head[3] << 16 | (size_t)head[4] << 8
        | (size_t)head[5];
}

static bool whole(const uint8_t *response, size_t len)
{
    return len >= HEAD_LEN && length_of(response, len) == len;
}

/* The kernel gives a response in one read, a simulator in any number of pieces. */
static TSS2_RC receive(
    TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response, int32_t timeout)
{
    struct tpm_wire *w = (struct tpm_wire *)(void *)context;
    uint64_t until = now_ms() + w->wait_ms;
    size_t len = 0;

    (void)timeout; /* ours holds, also where the TSS would wait for ever */
    if (response == NULL) {
        *size = TPM2_MAX_RESPONSE_SIZE;
        return TSS2_RC_SUCCESS;
    }
    while (w->state == TPM_WIRE_GOOD && !whole(response, len)) {
        size_t all = length_of(response, len);
        if (len == *size
            || (all != 0 && (all < HEAD_LEN || all > *size || all < len))) {
            w->state = TPM_WIRE_GONE; /* that is no TPM */
            break;
        }
        if (!ready(w, POLLIN, until))
            break;
        ssize_t n = read(w->fd, response + len, (all != 0 ? all : *size) - len);
        if (n > 0)
            len += (size_t)n;
        else if (n == 0 || !later())
            w->state = TPM_WIRE_GONE;
    }
    if (w->state != TPM_WIRE_GOOD)
        return TSS2_TCTI_RC_IO_ERROR;
    *size = len;
    return TSS2_RC_SUCCESS;
}

static TSS2_RC cancel(TSS2_TCTI_CONTEXT *context)
{
    (void)context;
    return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC poll_handles(
    TSS2_TCTI_CONTEXT *context, TSS2_TCTI_POLL_HANDLE *handles, size_t *count)
{
    (void)context, (void)handles, (void)count;
    return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC locality(TSS2_TCTI_CONTEXT *context, uint8_t which)
{
    (void)context, (void)which;
    return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static void finalize(TSS2_TCTI_CONTEXT *context)
{
    (void)context; /* the descriptor is its owner's */
}

void tpm_wire_init(struct tpm_wire *w, int fd, uint32_t wait_ms)
{
    *w = (struct tpm_wire){
        .common = {.magic = magic,
            .version = 1,
            .transmit = transmit,
            .receive = receive,
            .finalize = finalize,
            .cancel = cancel,
            .getPollHandles = poll_handles,
            .setLocality = locality},
        .fd = fd,
        .wait_ms = wait_ms,
    };
}

TSS2_TCTI_CONTEXT *tpm_wire_context(struct tpm_wire *w)
{
    return (TSS2_TCTI_CONTEXT *)(void *)&w->common;
}
