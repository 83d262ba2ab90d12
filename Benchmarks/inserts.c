// SPDX-License-Identifier: Apache-2.0
//
// What the rows of a billing run cost at least: inserts RUN.sqlite OUT.sqlite
//
// Reads every row that billing wrote to RUN into memory, then inserts them into a new database OUT with
// prepared statements, in key order, in one transaction, as a program that has nothing else to do. Tables,
// indexes, triggers, page size, journal and cache are those of the product. Prints that phase's CPU seconds.
// cc -O2 -o inserts inserts.c -lsqlite3
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// One cell, its text within `bytes` of the table.
struct cell {
    int type, length;
    sqlite3_int64 value;
};

struct table {
    const char *name;
    int columns;
    size_t cells, room, used, space;
    struct cell *cell;
    char *bytes;
    sqlite3_stmt *insert;
};

// Each invoice's rows stand together in a run: the first column of all is the invoice.
static struct table tables[] = {
    {.name = "invoice"},     {.name = "invoice_line"},        {.name = "invoice_part"},
    {.name = "invoice_tax"}, {.name = "invoice_determinant"},
};
enum { tableCount = sizeof tables / sizeof *tables };

static void check(int code, sqlite3 *db, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(sqlite3 *db, const char *sql) { check(sqlite3_exec(db, sql, 0, 0, 0), db, sql); }

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(db, sql, -1, &statement, 0), db, sql);
    return statement;
}

static void *grown(void *old, size_t *room, size_t needed, size_t size) {
    if (needed <= *room) return old;
    *room = needed * 2;
    void *new = realloc(old, *room * size);
    return new ? new : (exit(1), new);
}

static void load(sqlite3 *db, struct table *table) {
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2, 3, 4", table->name);
    sqlite3_stmt *select = prepare(db, sql);
    table->columns = sqlite3_column_count(select);
    while (sqlite3_step(select) == SQLITE_ROW) {
        size_t end = table->cells + table->columns;
        table->cell = grown(table->cell, &table->room, end, sizeof *table->cell);
        for (int column = 0; column < table->columns; column++) {
            struct cell cell = {.type = sqlite3_column_type(select, column)};
            if (cell.type == SQLITE_INTEGER) cell.value = sqlite3_column_int64(select, column);
            if (cell.type == SQLITE_TEXT) {
                const void *text = sqlite3_column_text(select, column);
                cell.length = sqlite3_column_bytes(select, column);
                cell.value = table->used;
                table->bytes =
                    grown(table->bytes, &table->space, table->used + cell.length + 1, 1);
                memcpy(table->bytes + table->used, text, cell.length);
                table->used += cell.length;
            }
            table->cell[table->cells++] = cell;
        }
    }
    check(sqlite3_finalize(select), db, table->name);
}

// Makes the tables of the product with all that hangs on them.
static void copySchema(sqlite3 *from, sqlite3 *to) {
    for (int pass = 0; pass < 2; pass++) {
        for (int t = 0; t < tableCount; t++) {
            char sql[200];
            snprintf(sql, sizeof sql,
                     "SELECT sql FROM sqlite_master WHERE tbl_name = '%s' AND sql NOT NULL AND "
                     "(type = 'table') = %d AND type != 'view'", tables[t].name, !pass);
            sqlite3_stmt *select = prepare(from, sql);
            while (sqlite3_step(select) == SQLITE_ROW)
                run(to, (const char *)sqlite3_column_text(select, 0));
            sqlite3_finalize(select);
        }
    }
}

static void insert(sqlite3 *db, struct table *table, size_t row) {
    sqlite3_stmt *statement = table->insert;
    for (int column = 0; column < table->columns; column++) {
        struct cell *cell = &table->cell[row + column];
        if (cell->type == SQLITE_INTEGER)
            sqlite3_bind_int64(statement, column + 1, cell->value);
        else if (cell->type == SQLITE_TEXT)
            sqlite3_bind_text(statement, column + 1, table->bytes + cell->value, cell->length,
                              SQLITE_STATIC);
        else
            sqlite3_bind_null(statement, column + 1);
    }
    check(sqlite3_step(statement), db, table->name);
    sqlite3_reset(statement);
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: inserts RUN.sqlite OUT.sqlite\n"), 64;
    sqlite3 *from, *to;
    check(sqlite3_open_v2(arguments[1], &from, SQLITE_OPEN_READONLY, 0), from, arguments[1]);
    check(sqlite3_open(arguments[2], &to), to, arguments[2]);
    for (int t = 0; t < tableCount; t++) load(from, &tables[t]);
    run(to, "PRAGMA page_size = 4096; PRAGMA journal_mode = TRUNCATE;"
            "PRAGMA synchronous = FULL; PRAGMA cache_size = -8192");
    copySchema(from, to);
    size_t next[tableCount] = {0};
    clock_t begin = clock();
    run(to, "BEGIN IMMEDIATE");
    for (int t = 0; t < tableCount; t++) {
        char sql[300];
        int end = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", tables[t].name);
        for (int column = 1; column < tables[t].columns; column++)
            end += snprintf(sql + end, sizeof sql - end, ", ?");
        snprintf(sql + end, sizeof sql - end, ")");
        tables[t].insert = prepare(to, sql);
    }
    for (size_t row = 0; row < tables[0].cells; row += tables[0].columns) {
        insert(to, &tables[0], row);
        sqlite3_int64 invoice = tables[0].cell[row].value;
        for (int t = 1; t < tableCount; t++) {
            struct table *table = &tables[t];
            for (; next[t] < table->cells && table->cell[next[t]].value == invoice;
                 next[t] += table->columns)
                insert(to, table, next[t]);
        }
    }
    for (int t = 0; t < tableCount; t++) sqlite3_finalize(tables[t].insert);
    run(to, "COMMIT");
    printf("%.3f\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
    return 0;
}
