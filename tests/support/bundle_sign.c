/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bundle_sign.h"

#include <assert.h>
#include <openssl/cms.h>

size_t bundle_sign(const struct bundle_signing *s, struct bytes parts, struct room out)
{
    struct pki_wish wish = {"release", NULL, s->eku, 0, s->not_after_s};
    BIO *content = BIO_new_mem_buf(parts.at, (int)parts.len);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, content, s->flags | CMS_PARTIAL);
    struct pki_key who[2];

    assert(cms != NULL && s->signers <= sizeof who / sizeof who[0]);
    for (unsigned i = 0; i < s->signers; i++) {
        pki_issue(&who[i], s->by, &wish);
        CMS_SignerInfo *added =
            CMS_add1_signer(cms, who[i].cert, who[i].key, s->md, s->flags);
        assert(added != NULL);
    }
    int final = CMS_final(cms, content, NULL, s->flags);
    assert(final == 1 || s->signers == 0);
    uint8_t *at = out.at;
    int len = i2d_CMS_ContentInfo(cms, NULL);
    assert(len > 0 && (size_t)len <= out.cap);
    (void)i2d_CMS_ContentInfo(cms, &at);
    for (unsigned i = 0; i < s->signers; i++)
        pki_free(&who[i]);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    return (size_t)len;
}
