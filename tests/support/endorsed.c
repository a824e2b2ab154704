/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/endorsed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* $1: folder of the TPM's state. The maker's own authority is made with the first certificate. */
static const char manufacture[] =
    "mkdir ca && d=$PWD && printf 'statedir = %s/ca\\nsigningkey = %s/ca/signkey.pem\\nissuercert = %s/ca/issuercert.pem\\n"
    "certserial = %s/ca/certserial\\n' $d $d $d $d >localca.conf\n"
    "printf -- '--platform-manufacturer Test\\n--platform-version 1.0\\n--platform-model test\\n' >localca.options\n"
    "printf 'create_certs_tool=%s\\ncreate_certs_tool_config=%s/localca.conf\\ncreate_certs_tool_options=%s/localca.options\\n"
    "active_pcr_banks=sha256\\n' \"$(command -v swtpm_localca)\" $d $d >setup.conf\n"
    "swtpm_setup --tpm2 --tpmstate $1 --createek --create-ek-cert --config setup.conf --overwrite\n";

/* Three slots: flushed after each step. */
static const char make[] =
    "set -e\n"
    "f() { tpm2_flushcontext -t; tpm2_flushcontext -l; tpm2_flushcontext -s; }\n"
    "tpm2_nvread -C o 0x1c00002 -o ek.der\n"
    "tpm2_createak -C 0x81010001 -c ak.ctx -G ecc -g sha256 -s ecdsa -u ak.pub -n ak.name; f\n"
    "tpm2_evictcontrol -C o -c ak.ctx 0x81010002; f\n"
    "tpm2_createprimary -C o -G ecc -c p.ctx; f\n"
    "tpm2_evictcontrol -C o -c p.ctx 0x81000001; f\n"
    "key() { tpm2_load -C 0x81000001 -u $1.pub -r $1.priv -c $1.ctx; f\n"
    "  tpm2_load -C 0x81000001 -u $1.pub -r $1.priv -c $1.ctx\n"
    "  tpm2_certify -C 0x81010002 -c $1.ctx -g sha256 -o $1.certify -s $1.certify.sig -f tss; f; }\n"
    "tpm2_create -C 0x81000001 -G ecc256:ecdsa-sha256 -u tls.pub -r tls.priv -a "
    "'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign'; f; key tls\n"
    "tpm2_create -C 0x81000001 -G ecc256:ecdsa-sha256 -u free.pub -r free.priv -a "
    "'sensitivedataorigin|userwithauth|noda|sign'; f; key free\n"
    "openssl ecparam -name prime256v1 -genkey -noout -out outside.pem\n"
    "tpm2_import -C 0x81000001 -G ecc -i outside.pem -u brought.pub -r brought.priv -a 'userwithauth|noda|sign'; f; key brought\n"
    "tpm2_pcrextend 11:sha256=$(printf 'measured%024d' 1 | od -An -tx1 | tr -d ' \\n')\n"
    "tpm2_quote -c 0x81010002 -l sha256:0,4,7,11 -q $2 -m quote -s quote.sig -g sha256; f\n"
    "tpm2_pcrread sha256:0,4,7,11 -o quote.pcrs\n";

static const char activate[] =
    "f() { tpm2_flushcontext -t; tpm2_flushcontext -l; tpm2_flushcontext -s; }\n"
    "rm -f opened; f; tpm2_startauthsession --policy-session -S s.ctx && tpm2_policysecret -S s.ctx -c e\n"
    "tpm2_activatecredential -c 0x81010002 -C 0x81010001 -i credential -o opened -P session:s.ctx; ok=$?\n"
    "f; exit $ok\n";

/* SHA-256(32 times a1, 32 times c2), as the device would have it from nonce and channel. */
static const char bound[] =
    "6a94a84dd7d735752535c64366d55447d65ec5461c85730e993bf429bbbae8dd";

static bool shell(const struct endorsed *e, const char *script, const char *argument)
{
    char tcti[160];
    int state = 1;
    pid_t pid = fork();

    if (pid == 0) {
        int log = open("/dev/null", O_RDWR);
        snprintf(tcti, sizeof tcti, "TPM2TOOLS_TCTI=%s", e->tpm.spec);
        putenv(tcti);
        dup2(log, STDIN_FILENO);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        if (chdir(e->folder) == 0)
            execl("/bin/sh", "sh", "-c", script, "sh", e->tpm.folder, argument,
                (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &state, 0) == pid && WIFEXITED(state)
        && WEXITSTATUS(state) == 0;
}

bool endorsed_begin(struct endorsed *e)
{
    *e = (struct endorsed){.folder = "/tmp/holdfast-endorsed-XXXXXX"};
    if (mkdtemp(e->folder) == NULL || !swtpm_place(&e->tpm))
        return false;
    return shell(e, manufacture, "") && swtpm_start(&e->tpm);
}

bool endorsed_run(struct endorsed *e, const char *what)
{
    return shell(e, strcmp(what, "make") == 0 ? make : activate, bound);
}

void endorsed_end(struct endorsed *e)
{
    if (e->folder[0] != '\0') {
        (void)shell(e, "rm -rf ca ./*", "");
        rmdir(e->folder);
    }
    swtpm_end(&e->tpm);
}
