// floor PORT: the least that can be done. Who connects with a path that begins with /pub sends; everybody else is a receiver. Each
// WebSocket message of a sender is framed once, and send() puts it on every receiver's socket, one after another.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_SOCKETS = 65536, BUFFER = 65536 };

static int receivers[MAX_SOCKETS], receiver_count;

// What a sender has sent and is not handled yet; null of everybody else.
static struct input { size_t length; unsigned char bytes[BUFFER]; } *inputs[MAX_SOCKETS];

static void die(const char *what) { perror(what); exit(1); }

static void send_all(int socket, const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t sent = send(socket, at, length, MSG_NOSIGNAL);
        if (sent <= 0) return;
        at += sent;
        length -= (size_t)sent;
    }
}

static void broadcast(const unsigned char *payload, size_t length) {
    static unsigned char frame[BUFFER + 4];
    size_t header = 2;
    frame[0] = 0x81;
    if (length < 126) frame[1] = (unsigned char)length;
    else {
        frame[1] = 126;
        frame[2] = (unsigned char)(length >> 8);
        frame[3] = (unsigned char)length;
        header = 4;
    }
    memcpy(frame + header, payload, length);
    for (int i = 0; i < receiver_count; i++) send_all(receivers[i], frame, header + length);
}

// Broadcasts all whole frames of the input; false if the sender is gone or sends what this program does not know.
static int take(int socket, struct input *input) {
    ssize_t got = recv(socket, input->bytes + input->length, BUFFER - input->length, 0);
    if (got <= 0) return 0;
    input->length += (size_t)got;
    size_t at = 0;
    while (input->length - at >= 2) {
        unsigned char *frame = input->bytes + at;
        size_t length = frame[1] & 0x7f, header = 2;
        if (length == 127) return 0;
        if (length == 126) {
            if (input->length - at < 4) break;
            length = (size_t)frame[2] << 8 | frame[3];
            header = 4;
        }
        if (input->length - at < header + 4 + length) break;
        unsigned char *mask = frame + header, *payload = mask + 4;
        for (size_t i = 0; i < length; i++) payload[i] ^= mask[i & 3];
        if ((frame[0] & 0x0f) == 1) broadcast(payload, length);
        at += header + 4 + length;
    }
    memmove(input->bytes, input->bytes + at, input->length - at);
    input->length -= at;
    return 1;
}

static void welcome(int listener, int events) {
    int socket = accept(listener, NULL, NULL), yes = 1;
    if (socket < 0 || socket >= MAX_SOCKETS) die("accept");
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    char request[4096];
    size_t length = 0;
    request[0] = 0;
    while (!strstr(request, "\r\n\r\n")) {
        ssize_t got = recv(socket, request + length, sizeof request - 1 - length, 0);
        if (got <= 0) { close(socket); return; }
        length += (size_t)got;
        request[length] = 0;
    }
    const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    send_all(socket, answer, sizeof answer - 1);
    if (strncmp(request, "GET /pub", 8) != 0) {
        receivers[receiver_count++] = socket;
        return;
    }
    inputs[socket] = calloc(1, sizeof(struct input));
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    if (!inputs[socket] || epoll_ctl(events, EPOLL_CTL_ADD, socket, &event) < 0) die("epoll_ctl");
}

int main(int argc, char **argv) {
    if (argc != 2) { fprintf(stderr, "usage: floor PORT\n"); return 2; }
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) die("listen");
    int events = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    if (events < 0 || epoll_ctl(events, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll");
    for (;;) {
        struct epoll_event ready[64];
        int count = epoll_wait(events, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            int socket = ready[i].data.fd;
            if (socket == listener) welcome(listener, events);
            else if (!take(socket, inputs[socket])) {
                free(inputs[socket]);
                inputs[socket] = NULL;
                close(socket);
            }
        }
    }
}
