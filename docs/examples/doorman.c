/* A doorman: waits until somebody calls this device, answers, and ends when the call has ended. C11 and POSIX alone.
 *
 *     cc -std=c11 -Wall -Wextra -o doorman doorman.c && ./doorman [SOCKET]
 *
 * Exit codes: 0 the call is over, 1 something failed, 2 usage.
 *
 * Messages are one line of JSON each. This example looks for "name":"value" in the text, which finds the member it means:
 * inside a JSON string every quote has a backslash, so no text of a stranger can look like a member. An app that needs
 * more than a word or two takes a JSON library. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { longest_line = 64 * 1024 };   /* no message is longer */

/* The socket, or -1 with errno. */
static int open_api(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A request; its answer is a line with the same id. @return 0, or -1 */
static int ask(int api, int id, const char *method, const char *params) {
    return dprintf(api, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}\n", id, method, params) < 0 ? -1 : 0;
}

/* The text of the first member of that name; the daemon writes members without spaces. */
static int member(const char *line, const char *name, char *value, size_t size) {
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *begin = strstr(line, key);
    if (!begin) return 0;
    begin += strlen(key);
    size_t length = strcspn(begin, "\"\\");
    if (length >= size) length = size - 1;
    memcpy(value, begin, length);
    value[length] = '\0';
    return 1;
}

/* @return 0: go on; 1: the call is over; -1: refused */
static int hear(int api, const char *line) {
    static int answered;
    char phase[32], room[160], words[256], params[256];
    if (strstr(line, "\"error\":")) {
        fprintf(stderr, "refused: %s\n", member(line, "message", words, sizeof words) ? words : line);
        return -1;
    }
    if (!member(line, "phase", phase, sizeof phase)) return 0; /* an event, or the answer to voip.answer */
    printf("%s\n", phase);
    fflush(stdout);
    if (strcmp(phase, "alerting") == 0 && !answered && member(line, "roomId", room, sizeof room)) {
        answered = 1;
        snprintf(params, sizeof params, "{\"roomId\":\"%s\"}", room); /* that call and no other */
        return ask(api, 2, "voip.answer", params);
    }
    return answered && strcmp(phase, "ended") == 0;
}

int main(int argc, char **argv) {
    static char line[longest_line + 2];
    const char *named = getenv("WMPF_VOIPD_SOCKET");
    const char *path = argc > 1 ? argv[1] : named ? named : "/run/wmpf-voipd/api.sock";
    if (argc > 2) {
        fprintf(stderr, "usage: %s [SOCKET]\n", argv[0]);
        return 2;
    }
    int api = open_api(path);
    FILE *lines = api < 0 ? NULL : fdopen(api, "r");
    if (!lines || ask(api, 1, "room.subscribe", "{\"events\":[]}") != 0) {
        perror(path);
        return 1;
    }
    int over = 0;
    while (over == 0 && fgets(line, sizeof line, lines)) over = hear(api, line);
    if (over == 0) fprintf(stderr, "the daemon closed the connection\n");
    fclose(lines);
    return over == 1 ? 0 : 1;
}
