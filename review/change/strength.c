/* SPDX-License-Identifier: Apache-2.0 */
#include "review/change/strength.h"

enum { SKIP = -2, CARRIES = -3 }; /* said, but means nothing; counts when alone */

struct word {
    const char *word;
    int rank;
};

/* clang-format off */
static const struct word protocols[] = {
    {"no tls 1.0", SKIP}, {"no tls 1.1", SKIP}, {"no tls 1.2", SKIP}, {"not tls 1.2", SKIP},
    {"no ssl", SKIP},
    {"tls 1.3", 60}, {"tls1.3", 60}, {"tlsv1.3", 60}, {"dtls 1.3", 60}, {"dtls1.3", 60}, {"quic", 60},
    {"wireguard", 60}, {"http/3", 60},
    {"tls 1.2", 50}, {"tls1.2", 50}, {"tlsv1.2", 50}, {"dtls 1.2", 50}, {"dtls1.2", 50},
    {"ipsec", 50}, {"ssh", 50},
    {"tls", 45}, {"mtls", 45}, {"mutual tls", 45}, {"dtls", 45}, {"https", 45}, {"wss", 45}, {"mqtts", 45},
    {"coaps", 45}, {"ftps", 45}, {"encrypted", 45}, {"scp", 50}, {"sftp", 45}, {"ldaps", 45}, {"le secure connections", 45},
    {"1.3", 60}, {"1.2", 50}, {"1.1", 20}, {"1.0", 15}, /* "TLS 1.3 or 1.2" */
    {"tls 1.1", 20}, {"tls1.1", 20}, {"tlsv1.1", 20}, {"tls 1.0", 15}, {"tls1.0", 15}, {"tlsv1.0", 15},
    {"ssl", 10}, {"sslv3", 10}, {"ssl 3.0", 10}, {"ssl 3", 10}, {"just works", 10},
    {"none", 0}, {"no tls", 0}, {"without tls", 0}, {"tls off", 0}, {"tls disabled", 0},
    {"unencrypted", 0}, {"not encrypted", 0}, {"no encryption", 0}, {"plain", 0}, {"plaintext", 0},
    {"plain text", 0}, {"cleartext", 0}, {"clear text", 0}, {"disabled", 0},
    {"http", CARRIES}, {"http/1.1", CARRIES}, {"http/2", CARRIES}, {"mqtt", CARRIES}, {"ws", CARRIES}, {"websocket", CARRIES},
    {"coap", CARRIES}, {"tcp", CARRIES}, {"udp", CARRIES}, {"ftp", CARRIES}, {"telnet", CARRIES},
    {"ldap", CARRIES}, {"smtp", CARRIES}, {"pop3", CARRIES}, {"imap", CARRIES}, {"jdbc", CARRIES}, {"odbc", CARRIES},
    {"smb", CARRIES}, {"nfs", CARRIES}, {"jms", CARRIES}, {"amqp", CARRIES}, {"xmpp", CARRIES}, {"iiop", CARRIES},
    {"jrmp", CARRIES}, {"nrpe", CARRIES}, {"binary", CARRIES}, {"text", CARRIES}, {"sql-access-protocol", CARRIES},
    {"nosql-access-protocol", CARRIES}, {"reverse-proxy-web-protocol", CARRIES}, {"serial", CARRIES}, {"uart", CARRIES},
};

static const struct word authentications[] = {
    {"no anonymous", SKIP}, {"no password", SKIP}, {"no passwords", SKIP}, {"not anonymous", SKIP},
    {"mtls", 60}, {"mutual tls", 60}, {"client certificate", 60}, {"client certificates", 60},
    {"client-certificate", 60}, {"device certificate", 60}, {"x.509", 60}, {"certificate", 60}, {"certificates", 60}, {"mutual", 60},
    {"passkey", 60}, {"webauthn", 60}, {"fido2", 60}, {"smart card", 60}, {"signature", 60}, {"signatures", 60},
    {"mfa", 50}, {"2fa", 50}, {"two factors", 50}, {"two-factor", 50}, {"second factor", 50}, {"totp", 50},
    {"kerberos", 45}, {"token", 40}, {"tokens", 40}, {"jwt", 40}, {"oauth", 40}, {"oauth2", 40}, {"oidc", 40}, {"saml", 40},
    {"bearer", 40}, {"session", 40}, {"cookie", 40},
    {"hmac", 40}, {"pre-shared key", 30}, {"psk", 30}, {"shared key", 30}, {"api key", 25}, {"api-key", 25},
    {"credentials", 20}, {"password", 20}, {"passwords", 20}, {"basic", 20}, {"pin", 15}, {"shared password", 10},
    {"ip address", 5}, {"mac address", 5}, {"serial number", 5},
    {"none", 0}, {"no authentication", 0}, {"anonymous", 0}, {"unauthenticated", 0}, {"not authenticated", 0},
    {"without authentication", 0}, {"open", 0}, {"public", 0}, {"disabled", 0},
};

static const struct {
    uint8_t what;
    const char *name;
} fields[] = {
    {STRENGTH_PROTOCOL, "protocol"}, {STRENGTH_PROTOCOL, "protocols"}, {STRENGTH_PROTOCOL, "transport"},
    {STRENGTH_PROTOCOL, "encryption"}, {STRENGTH_PROTOCOL, "tls"}, {STRENGTH_PROTOCOL, "channel"},
    {STRENGTH_AUTHENTICATION, "authentication"}, {STRENGTH_AUTHENTICATION, "auth"},
    {STRENGTH_AUTHENTICATION, "authenticated_by"}, {STRENGTH_AUTHENTICATION, "authenticated by"},
    {STRENGTH_AUTHENTICATION, "authenticates"}, {STRENGTH_AUTHENTICATION, "proof"},
};
/* clang-format on */

static bool in_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Length of the word at the front of `at`, whole and without regard to case, or 0. */
static size_t at_front(struct bytes at, const char *word)
{
    struct bytes w = text_of(word);
    if (at.len < w.len || !text_same_word(text_upto(at, w.len), w))
        return 0;
    return at.len > w.len && in_word(at.at[w.len]) ? 0 : w.len;
}

static const struct word *longest(
    const struct word *table, size_t count, struct bytes at, size_t *len)
{
    const struct word *best = NULL;
    *len = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = at_front(at, table[i].word);
        if (n > *len) {
            *len = n;
            best = &table[i];
        }
    }
    return best;
}

static bool alternatives(struct bytes says)
{
    return text_find_word(says, TEXT(" or ")) < says.len
        || text_find_word(says, TEXT("optional")) < says.len;
}

int strength(enum strength_of what, struct bytes says)
{
    const struct word *table = what == STRENGTH_PROTOCOL ? protocols : authentications;
    size_t count = what == STRENGTH_PROTOCOL
        ? sizeof protocols / sizeof protocols[0]
        : sizeof authentications / sizeof authentications[0];
    int least = STRENGTH_UNKNOWN, most = STRENGTH_UNKNOWN;
    bool carrier = false;
    for (struct bytes rest = says; rest.len;) {
        size_t len;
        const struct word *w = longest(table, count, rest, &len);
        if (w && w->rank >= 0) {
            least = least < 0 || w->rank < least ? w->rank : least;
            most = w->rank > most ? w->rank : most;
        }
        carrier |= w && w->rank == CARRIES;
        size_t step = len ? len : 1; /* on to the next beginning of a word */
        while (step < rest.len && in_word(rest.at[step - 1]) && in_word(rest.at[step]))
            step++;
        rest = text_from(rest, step);
    }
    if (most < 0)
        return carrier ? 0 : STRENGTH_UNKNOWN;
    /* Protocols are offered side by side; proofs are asked for together unless said. */
    return what == STRENGTH_PROTOCOL || alternatives(says) ? least : most;
}

bool weaker(enum strength_of what, struct bytes was, struct bytes is)
{
    int before = strength(what, was), after = strength(what, is);
    if (before == STRENGTH_UNKNOWN)
        return false;
    return after == STRENGTH_UNKNOWN ? !text_trim(is).len && before > 0
                                     : after < before;
}

bool strength_field(enum strength_of what, struct bytes name)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].what == what && text_same_word(name, text_of(fields[i].name)))
            return true;
    return false;
}
