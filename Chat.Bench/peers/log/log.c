// log PATH SENDERS PER_CALL BATCH SECONDS: what the log does, in C with libsqlite3. Members "sender-…" of a database that the log has made send in turns, each
// in its rooms in turns; BATCH calls are one transaction, committed and synced. Prints calls, transactions, seconds, and seconds of processor time.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_SENDERS = 1000, MAX_ROOMS = 1000 };

static const char body[] = "Meet me at the station at half past seven, I will bring the blue umbrella and the tickets.";

struct room { char *id; sqlite3_int64 head; long looked_up; int changed; };

static struct room rooms[MAX_ROOMS];
static struct sender { char *id, *name; int rooms[MAX_ROOMS], room_count; long calls; } senders[MAX_SENDERS];
static int room_count, sender_count;
static sqlite3 *db;

static void check(int result, const char *what) {
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void *allocate(void *memory) {
    if (memory) return memory;
    fprintf(stderr, "no memory\n");
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
    return statement;
}

static void run(sqlite3_stmt *statement) {
    check(sqlite3_step(statement), "step");
    check(sqlite3_reset(statement), "reset");
}

static void text(sqlite3_stmt *statement, int at, const char *value) {
    check(sqlite3_bind_text(statement, at, value, -1, SQLITE_STATIC), "bind");
}

static char *column(sqlite3_stmt *statement, int at) { return allocate(strdup((const char *)sqlite3_column_text(statement, at))); }

static int room_of(const char *id) {
    for (int i = 0; i < room_count; i++)
        if (strcmp(rooms[i].id, id) == 0) return i;
    rooms[room_count].id = allocate(strdup(id));
    return room_count++;
}

static void load_members(int limit) {
    sqlite3_stmt *members = prepare(
        "SELECT \"RoomId\", \"UserId\", \"UserName\" FROM \"Members\" WHERE \"UserName\" LIKE 'sender-%' ORDER BY \"UserId\", \"RoomId\"");
    while (sqlite3_step(members) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(members, 1);
        if (sender_count == 0 || strcmp(senders[sender_count - 1].id, id) != 0) {
            if (sender_count == limit) break;
            senders[sender_count].id = column(members, 1);
            senders[sender_count++].name = column(members, 2);
        }
        struct sender *sender = &senders[sender_count - 1];
        sender->rooms[sender->room_count++] = room_of((const char *)sqlite3_column_text(members, 0));
    }
    sqlite3_finalize(members);
}

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// 32 hexadecimal digits that ascend with time: 48 bits of milliseconds, then chance (UUID version 7).
static void new_client_id(char *id, sqlite3_int64 milliseconds) {
    unsigned long long chance[2];
    sqlite3_randomness(sizeof chance, chance);
    snprintf(id, 33, "%012llx7%03llx%016llx", (unsigned long long)milliseconds, chance[0] & 0xfff, chance[1]);
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    int per_call = atoi(argv[3]), batch = atoi(argv[4]);
    double seconds = atof(argv[5]);
    if (sqlite3_open(argv[1], &db) != SQLITE_OK) return 1;
    check(sqlite3_exec(db, "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;", NULL, NULL, NULL), "pragma");
    load_members(atoi(argv[2]));
    if (sender_count == 0) return 3;

    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT"),
        *find_room = prepare("SELECT \"Kind\", \"Head\" FROM \"Rooms\" WHERE \"Id\" = ?1"),
        *find_member = prepare("SELECT \"Owner\", \"LeftSeq\", \"ReadUpTo\" FROM \"Members\" WHERE \"RoomId\" = ?1 AND \"UserId\" = ?2"),
        *set_head = prepare("UPDATE \"Rooms\" SET \"Head\" = ?2 WHERE \"Id\" = ?1"),
        *insert = prepare("INSERT INTO \"Events\" (\"RoomId\", \"Seq\", \"Type\", \"SenderId\", \"SenderName\", \"At\", \"ClientId\", \"Body\") "
            "VALUES (?1, ?2, 'message', ?3, ?4, ?5, ?6, ?7) ON CONFLICT (\"RoomId\", \"SenderId\", \"ClientId\") DO NOTHING");

    long calls = 0, transactions = 0;
    double start = now(CLOCK_MONOTONIC);
    while (now(CLOCK_MONOTONIC) - start < seconds) {
        transactions++;
        run(begin);
        sqlite3_int64 milliseconds = (sqlite3_int64)(now(CLOCK_REALTIME) * 1000);
        for (int i = 0; i < batch; i++, calls++) {
            struct sender *sender = &senders[calls % sender_count];
            struct room *room = &rooms[sender->rooms[sender->calls++ % sender->room_count]];
            if (room->looked_up != transactions) {
                text(find_room, 1, room->id);
                check(sqlite3_step(find_room), "room");
                room->head = sqlite3_column_int64(find_room, 1);
                room->looked_up = transactions;
                check(sqlite3_reset(find_room), "reset");
            }
            text(find_member, 1, room->id);
            text(find_member, 2, sender->id);
            if (sqlite3_step(find_member) != SQLITE_ROW || sqlite3_column_type(find_member, 1) != SQLITE_NULL) return 4;
            check(sqlite3_reset(find_member), "reset");
            for (int m = 0; m < per_call; m++) {
                char client_id[33];
                new_client_id(client_id, milliseconds);
                text(insert, 1, room->id);
                sqlite3_bind_int64(insert, 2, ++room->head);
                text(insert, 3, sender->id);
                text(insert, 4, sender->name);
                sqlite3_bind_int64(insert, 5, milliseconds);
                text(insert, 6, client_id);
                text(insert, 7, body);
                run(insert);
                if (sqlite3_changes(db) != 1) return 5;
            }
            room->changed = 1;
        }
        for (int i = 0; i < room_count; i++) {
            if (!rooms[i].changed) continue;
            rooms[i].changed = 0;
            text(set_head, 1, rooms[i].id);
            sqlite3_bind_int64(set_head, 2, rooms[i].head);
            run(set_head);
        }
        run(commit);
    }
    double elapsed = now(CLOCK_MONOTONIC) - start;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("%ld %ld %.6f %.6f\n", calls, transactions, elapsed, processor);
    return 0;
}
