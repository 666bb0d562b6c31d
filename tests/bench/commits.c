/*
 * Commits of single records with their whole history, beside bare SQLite:
 *
 *	tests/bench/commits DIR [SECONDS]
 *
 * DIR is a register with parcels, of 100,000 (dothi demo --parcels 100000 DIR), and is changed: take
 * a copy. Eight threads hand the writer one revision of a random parcel after the other. Then
 * SQLite alone, in a file beside, with the same pages, WAL and synchronous=FULL, commits as many
 * pieces at a time as the writer did: one INSERT of a version for each; and then what a history
 * takes at least: the version before is superseded, the current row changed, the feed written. They
 * take turns. Of a register in PostgreSQL only our own speed (postgres.sh has the peer).
 */
#include <sqlite3.h>

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/messages.h"
#include "data/feature_row.h"
#include "data/revision.h"
#include "data/writer.h"
#include "tests/bench/bench_city.h"

enum { THREADS = 8, TURNS = 3 };

struct bench {
	struct register_folder opened;
	const struct layer *parcels;
	struct writer *writer;
	int64_t last_id, until_ms;
	int64_t pieces[THREADS], commits;
};

static void count_commit(struct store *store, void *context)
{
	(void)store;
	((struct bench *)context)->commits++;
}

/* What a thread has the writer do. */
struct piece {
	struct bench *bench;
	int64_t id;
	struct revision revision;
};

static int change(void *context, const struct feature *old, struct error *err)
{
	struct piece *piece = context;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature = *old;

	memcpy(values, old->values, piece->bench->parcels->field_count * sizeof *values);
	values[2] = (struct value){.kind = VALUE_TEXT, .len = 3, .text = old->version % 2 ? "ODT" : "CLN"};
	feature.values = values;
	return revision_replace(&piece->revision, old->version, &feature, err);
}

static int run_piece(struct store *store, void *context, struct error *err)
{
	struct piece *piece = context;
	const struct change_author author = {"user:1", "bench", clock_now_us(&clock_system)};
	struct change_set changes;
	bool found;
	int rc = change_begin(store, &author, &changes, err);

	if (rc)
		return rc;
	piece->revision = revision_of(store, piece->bench->parcels,
		piece->bench->opened.city.epsg, &changes, &randomness_system);
	rc = feature_read_row(
		store, piece->bench->parcels, piece->id, change, piece, &found, err);
	return rc ? rc : change_end(&changes, err);
}

static int ask_piece(struct store *store, void *context, struct error *err)
{
	const struct piece *piece = context;

	return revision_ask(store, piece->bench->parcels, piece->id, err);
}

static void wake(struct writer_piece *piece)
{
	sem_post(piece->owner);
}

/* As the server does: handed in, and waited for. */
static int submit(struct piece *piece, struct error *err)
{
	sem_t done;
	struct writer_piece handed = {.ask = ask_piece,
		.work = run_piece,
		.context = piece,
		.done = wake,
		.owner = &done};

	sem_init(&done, 0, 0);
	if (!writer_submit(piece->bench->writer, &handed))
		return fail_busy(err);
	sem_wait(&done);
	sem_destroy(&done);
	return handed.rc ? error_copy(err, &handed.err) : 0;
}

struct thread {
	struct bench *bench;
	int number;
	pthread_t thread;
	struct error err;
	int rc;
};

static void *run_thread(void *context)
{
	struct thread *thread = context;
	struct bench *bench = thread->bench;
	struct random random = random_start((uint64_t)clock_now_us(&clock_system) + (uint64_t)thread->number);

	while (!thread->rc && clock_ticks_ms() < bench->until_ms) {
		struct piece piece = {.bench = bench,
			.id = 1 + (int64_t)random_below(&random, (size_t)bench->last_id)};

		thread->rc = submit(&piece, &thread->err);
		bench->pieces[thread->number] += !thread->rc;
	}
	return NULL;
}

/* How fast, and at what cost. */
struct speed {
	double a_second, group, cpu_us;
};

static double process_cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int measure_writer(struct bench *bench, int64_t seconds, struct speed *ret, struct error *err)
{
	struct thread threads[THREADS];
	int64_t pieces = 0, begun = clock_ticks_ms();
	double cpu = process_cpu_us();
	int rc = 0;

	bench->until_ms = begun + seconds * 1000;
	bench->commits = 0;
	for (int i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){.bench = bench, .number = i};
		bench->pieces[i] = 0;
		pthread_create(&threads[i].thread, NULL, run_thread, &threads[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i].thread, NULL);
		pieces += bench->pieces[i];
		if (threads[i].rc && !rc) {
			rc = threads[i].rc;
			error_copy(err, &threads[i].err);
		}
	}
	*ret = (struct speed){(double)pieces * 1e3 / (double)(clock_ticks_ms() - begun),
		(double)pieces / (double)bench->commits,
		(process_cpu_us() - cpu) / (double)pieces};
	return rc;
}

/* --- SQLite alone ------------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
	"valid_from, valid_to, recorded_at, superseded_at, action, uid, source_attributes, z_m,"    \
	" native_epsg, native_geom, geom, map_sheet, parcel_no, land_use, area_legal_m2, area_m2,"  \
	" admin_unit_id, unit_now_id, status"
#define VALUES                                                                                     \
	"'2026-01-01', NULL, 1795312345678901, NULL, 'update',"                                     \
	" '01a200fa-4f2c-7f18-b9b0-13a5b3bad9e0', NULL, NULL, NULL, NULL, ?3, '12', '345', 'ODT',"  \
	" 278.3, 278.3, 1, 1, 'current'"

static const char bare_tables[] =
	"PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	"PRAGMA cache_size=-65536;"
	"CREATE TABLE version (key INTEGER PRIMARY KEY, id, version, " COLUMNS ");"
	"CREATE TABLE current (id INTEGER PRIMARY KEY, version, geom, land_use);"
	"CREATE TABLE change (seq INTEGER PRIMARY KEY, id, version, digest);"
	"CREATE INDEX change_of_record ON change (id, version);"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
	" INSERT INTO current SELECT i, 1, zeroblob(400), 'ODT' FROM n";

/* What one piece is: the version alone, or all that a register with a history cannot do without. */
struct bare {
	sqlite3 *db;
	bool whole;
	sqlite3_stmt *begin, *commit, *version, *supersede, *current, *change;
};

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
	return statement;
}

static int open_bare(const char *path, bool whole, struct bare *bare)
{
	*bare = (struct bare){.whole = whole};
	unlink(path);
	if (sqlite3_open(path, &bare->db) || sqlite3_exec(bare->db, bare_tables, NULL, NULL, NULL))
		return 1;
	bare->begin = prepare(bare->db, "BEGIN IMMEDIATE");
	bare->commit = prepare(bare->db, "COMMIT");
	bare->version = prepare(bare->db,
		"INSERT INTO version (key, id, version, " COLUMNS ")"
		" VALUES ((?1 << 20) + ?2, ?1, ?2, " VALUES ")");
	bare->supersede = prepare(
		bare->db, "UPDATE version SET superseded_at = 1 WHERE key = (?1 << 20) + ?2 - 1");
	bare->current = prepare(
		bare->db, "UPDATE current SET version = ?2, land_use = 'CLN' WHERE id = ?1");
	bare->change = prepare(bare->db, "INSERT INTO change (id, version, digest) VALUES (?1, ?2, ?3)");
	return 0;
}

static void close_bare(struct bare *bare)
{
	sqlite3_finalize(bare->begin);
	sqlite3_finalize(bare->commit);
	sqlite3_finalize(bare->version);
	sqlite3_finalize(bare->supersede);
	sqlite3_finalize(bare->current);
	sqlite3_finalize(bare->change);
	sqlite3_close(bare->db);
}

static void run(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	sqlite3_reset(statement);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		fprintf(stderr, "bare SQLite: %d\n", code);
}

static void run_of(sqlite3_stmt *statement, int64_t id, int64_t version)
{
	static const char geometry[220] = "a polygon of eight corners";

	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_int64(statement, 2, version);
	if (sqlite3_bind_parameter_count(statement) > 2)
		sqlite3_bind_blob(statement, 3, geometry, sizeof geometry, SQLITE_STATIC);
	run(statement);
}

/* A random row of 100,000 gets another version. */
static void change_bare(struct bare *bare, struct random *random, int64_t version)
{
	int64_t id = 1 + (int64_t)random_below(random, 100000);

	run_of(bare->version, id, version & 1048575);
	if (!bare->whole)
		return;
	run_of(bare->supersede, id, version & 1048575);
	run_of(bare->current, id, version);
	run_of(bare->change, id, version);
}

static int measure_bare(
	const char *folder, bool whole, int64_t seconds, double group, struct speed *ret)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(4096);
	struct random random = random_start(1);
	struct bare bare;
	int64_t pieces = 0, commits = 0, begun;
	double cpu;

	strbuf_add_format(&path, "%s/bare.sqlite", folder);
	if (open_bare(path.data, whole, &bare))
		return 1;
	begun = clock_ticks_ms();
	cpu = process_cpu_us();
	while (clock_ticks_ms() < begun + seconds * 1000) {
		run(bare.begin);
		/* The same mean, from two whole numbers. */
		for (commits++; (double)pieces < group * (double)commits; pieces++)
			change_bare(&bare, &random, pieces);
		run(bare.commit);
	}
	*ret = (struct speed){(double)pieces * 1e3 / (double)(clock_ticks_ms() - begun),
		(double)pieces / (double)commits,
		(process_cpu_us() - cpu) / (double)pieces};
	close_bare(&bare);
	unlink(path.data);
	return 0;
}

static void print_speed(const char *name, const struct speed *speed)
{
	printf("%-16s %8.0f a second, %.1f a commit, %.0f us CPU each\n", name, speed->a_second,
		speed->group, speed->cpu_us);
}

int main(int argc, char **argv)
{
	struct bench bench = {.opened = REGISTER_CLOSED};
	int64_t seconds = argc > 2 ? strtoll(argv[2], NULL, 10) : 5;
	struct error err = {0};
	int rc;

	if (argc < 2) {
		fprintf(stderr, "usage: commits DIR [SECONDS]\n");
		return 2;
	}
	bench.parcels = layer_find(city_layers(), "parcel", 6);
	rc = register_open(argv[1], city_layers(), STORE_WRITE, clock_now_us(&clock_system),
		&bench.opened, &err);
	if (!rc)
		rc = store_int(bench.opened.store, "SELECT max(id) FROM parcel", &bench.last_id, &err);
	if (!rc)
		rc = writer_new(bench.opened.store, count_commit, &bench, &bench.writer, &err);
	for (int i = 0; !rc && i < TURNS; i++) {
		struct speed ours, row, history;

		rc = measure_writer(&bench, seconds, &ours, &err);
		if (!rc && store_is_shared(bench.opened.store)) {
			print_speed("dothi", &ours);
			continue;
		}
		if (rc || measure_bare(argv[1], false, seconds, ours.group, &row) ||
			measure_bare(argv[1], true, seconds, ours.group, &history))
			break;
		print_speed("dothi", &ours);
		print_speed("bare, a row", &row);
		print_speed("bare, history", &history);
		printf("ratio %.2f to a row, %.2f to a history\n", ours.a_second / row.a_second,
			ours.a_second / history.a_second);
	}
	writer_free(bench.writer);
	register_close(&bench.opened);
	return rc ? bench_fail(&err) : 0;
}
