/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is a bounded list of certificates, one after the other in the memory of the list. */
#include "cloud/attest/makers.h"

#include <openssl/x509.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct makers m;
    const char *why = "";

    if (makers_parse((struct bytes){data, size}, &m, &why) != OK) {
        if (m.count != 0 && size <= LIMIT_CONF_FILE)
            abort();
        return 0;
    }
    if (m.count < 1 || m.count > MAKERS_MAX)
        abort();
    const uint8_t *next = m.mem;
    for (size_t i = 0; i < m.count; i++) {
        const uint8_t *at = m.der[i].at;
        X509 *x = d2i_X509(NULL, &at, (long)m.der[i].len);
        if (m.der[i].at != next || x == NULL || at != next + m.der[i].len)
            abort();
        next = at;
        X509_free(x);
    }
    return 0;
}
