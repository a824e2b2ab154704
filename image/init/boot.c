/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot: the only program of the initramfs.
 *
 * Holds the signed security version against the TPM's counter (before anything of the root is looked at), loads the
 * modules that came with it, starts the watchdog, sets up dm-verity with the signed root hash, and hands over to the
 * root's own init. Whatever is not as it should be powers the machine off: there is
 * no shell to fall into, here or later.
 */
#include "image/init/boot_line.h"
#include "image/init/counter.h"
#include "image/init/line_rule.h"
#include "image/init/say.h"
#include "image/init/verity.h"
#include "image/init/version_rule.h"
#include "image/init/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LINE_MAX_LEN = 4096, WAIT_STEPS = 500, WAIT_STEP_US = 10000, PCR_TEXT = 128 };

/* Files of /proc and of the initramfs: small, and outside bytes until they are parsed. */
static size_t read_file(const char *path, struct room into)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len = 0;
    ssize_t n = 0;

    if (fd < 0)
        return 0;
    while (len < into.cap && (n = read(fd, into.at + len, into.cap - len)) > 0)
        len += (size_t)n;
    close(fd);
    return n < 0 ? 0 : len;
}

static void mount_or_refuse(const char *type, const char *where)
{
    if (mount(type, where, type, MS_NOSUID | MS_NOEXEC, NULL) != 0 && errno != EBUSY)
        refuse("%s cannot be mounted: %s", where, strerror(errno));
}

/* The word ends at its first space; -> what is behind it. */
static const char *split(char *word)
{
    char *space = strchr(word, ' ');

    if (space == NULL)
        return "";
    *space = '\0';
    return space + 1;
}

/* /modules/order names them, in the order in which they need each other, each with its parameters. */
static void load_modules(void)
{
    FILE *order = fopen("/modules/order", "re");
    char name[128], path[160];

    if (order == NULL)
        refuse("no list of modules");
    while (fgets(name, sizeof name, order) != NULL) {
        name[strcspn(name, "\n")] = '\0';
        const char *parameters = split(name);
        (void)snprintf(path, sizeof path, "/modules/%s", name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0
            || (syscall(SYS_finit_module, fd, parameters, 0) != 0 && errno != EEXIST))
            refuse("module %s: %s", name, strerror(errno));
        close(fd);
    }
    fclose(order);
}

/* From here on a hang is the watchdog's: of this program, of the kernel, of what the root starts. */
static void watch(void)
{
    if (watchdog_start() != OK)
        say("no watchdog: a version that hangs is not started anew");
    else if (watchdog_fired())
        say("the watchdog has started this machine anew");
}

/*
 * Firmware and boot loader may have means to add words to the kernel's line (the stub takes some
 * from SMBIOS strings); what was signed with this initramfs lies in it as a file.
 */
static void read_line(struct boot_line *line)
{
    static uint8_t is[LINE_MAX_LEN], signed_line[LINE_MAX_LEN];
    size_t len = read_file("/proc/cmdline", ROOM_OF(is));
    size_t want = read_file("/command-line", ROOM_OF(signed_line));

    if (!line_is_signed((struct bytes){is, len}, (struct bytes){signed_line, want}))
        refuse("the kernel's command line is not the signed one");
    if (boot_line_parse((struct bytes){is, len}, line) != OK)
        refuse("the kernel's command line does not name slots, hash and version");
}

static uint64_t ask_counter(void)
{
    uint8_t command[COUNTER_COMMAND_LEN], answer[COUNTER_ANSWER_MAX];
    uint64_t value = 0;
    uint32_t says = 0;
    int tpm = open("/dev/tpm0", O_RDWR | O_CLOEXEC);

    if (tpm < 0)
        refuse("no TPM, so no security version to hold this image against");
    counter_command(command);
    ssize_t n = write(tpm, command, sizeof command) == sizeof command
        ? read(tpm, answer, sizeof answer)
        : -1;
    close(tpm);
    enum status s = n < 0
        ? BROKEN
        : counter_parse((struct bytes){answer, (size_t)n}, &value, &says);
    if (s != OK)
        refuse("the TPM's security version cannot be read (0x%x): was this device "
               "provisioned?",
            says);
    return value;
}

static void check_version(const struct boot_line *line)
{
    unsigned long long counter = ask_counter(), image = line->security_version;

    if (!version_may_start(image, counter))
        refuse("ROLLBACK: security version %llu of this image is below the TPM's %llu",
            image, counter);
    say("security version %llu, the TPM's is %llu", image, counter);
}

/* No secret, and the only way to compare it with the published value without a verifier. */
static void say_measured(void)
{
    uint8_t pcr[PCR_TEXT];
    size_t n = read_file("/sys/class/tpm/tpm0/pcr-sha256/11", ROOM_OF(pcr));

    say("PCR 11 is %.*s", (int)strcspn((char *)pcr, "\n"), n > 0 ? (char *)pcr : "");
}

static void wait_for(const char *device)
{
    struct stat st;

    for (int i = 0; i < WAIT_STEPS && stat(device, &st) != 0; i++)
        usleep(WAIT_STEP_US);
    if (stat(device, &st) != 0 || !S_ISBLK(st.st_mode))
        refuse("%s is not there", device);
}

static void open_root(const struct boot_line *line)
{
    wait_for(line->root);
    if (verity_open(line) != OK)
        refuse("dm-verity cannot be set up: %s", strerror(errno));
    if (verity_read_all(line) != OK)
        refuse("the root cannot be read: %s", strerror(errno));
    if (mount(
            verity_device, "/root", "squashfs", MS_RDONLY | MS_NODEV | MS_NOSUID, NULL)
        != 0)
        refuse("the root cannot be mounted: %s", strerror(errno));
    say("root is verified");
}

static void hand_over(void)
{
    static const char *const moved[] = {"/dev", "/proc", "/sys"};
    char to[16];

    for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++) {
        (void)snprintf(to, sizeof to, "/root%s", moved[i]);
        if (mount(moved[i], to, NULL, MS_MOVE, NULL) != 0)
            refuse("%s cannot be moved: %s", moved[i], strerror(errno));
    }
    if (chdir("/root") != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0
        || chroot(".") != 0 || chdir("/") != 0)
        refuse("the root cannot be entered: %s", strerror(errno));
    char *const argv[] = {(char[]){"holdfast-init"}, NULL};
    char *const env[] = {NULL};
    execve("/usr/sbin/holdfast-init", argv, env);
    refuse("the root has no init: %s", strerror(errno));
}

int main(void)
{
    struct boot_line line;

    mount_or_refuse("devtmpfs", "/dev");
    mount_or_refuse("proc", "/proc");
    mount_or_refuse("sysfs", "/sys");
    read_line(&line);
    check_version(&line);
    say_measured();
    load_modules();
    watch();
    open_root(&line);
    watchdog_feed();
    hand_over();
}
