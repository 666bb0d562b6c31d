/*
 * Commits of single records with their whole history, beside bare SQLite:
 *
 *	tests/bench/commits DIR [SECONDS]
 *
 * DIR is a register with parcels, of 100,000 (dothi demo --parcels 100000 DIR), and is changed: take
 * a copy. Eight threads hand the writer one revision of a random parcel after the other. Then
 * SQLite alone, in a file beside, with the same pages, WAL and synchronous=FULL, commits as many
 * rows at a time as the writer did: one INSERT of a version for each. They take turns.
 */
#include <sqlite3.h>

#include <pthread.h>
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

		thread->rc = writer_run(bench->writer, run_piece, &piece, &thread->err);
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

static const char bare_table[] =
	"PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	"PRAGMA cache_size=-65536;"
	"CREATE TABLE version (key INTEGER PRIMARY KEY, id, version, valid_from, valid_to,"
	" recorded_at, superseded_at, action, uid, source_attributes, z_m, native_epsg,"
	" native_geom, geom, map_sheet, parcel_no, land_use, area_legal_m2, area_m2, admin_unit_id,"
	" unit_now_id, status)";

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
	return statement;
}

static void run(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	sqlite3_reset(statement);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		fprintf(stderr, "bare SQLite: %d\n", code);
}

/* A random row of 100,000 gets another version. */
static void insert_version(sqlite3_stmt *insert, struct random *random, int64_t version)
{
	static const char geometry[220] = "a polygon of eight corners";

	sqlite3_bind_int64(
		insert, 1, (int64_t)(1 + random_below(random, 100000)) << 20 | (version & 1048575));
	sqlite3_bind_int64(insert, 2, version);
	sqlite3_bind_blob(insert, 3, geometry, sizeof geometry, SQLITE_STATIC);
	run(insert);
}

static int measure_bare(const char *folder, int64_t seconds, double group, struct speed *ret)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(4096);
	struct random random = random_start(1);
	sqlite3 *db = NULL;
	sqlite3_stmt *begin, *commit, *insert;
	int64_t pieces = 0, commits = 0, begun;
	double cpu;

	strbuf_add_format(&path, "%s/bare.sqlite", folder);
	unlink(path.data);
	if (sqlite3_open(path.data, &db) || sqlite3_exec(db, bare_table, NULL, NULL, NULL))
		return 1;
	begin = prepare(db, "BEGIN IMMEDIATE");
	commit = prepare(db, "COMMIT");
	insert = prepare(db,
		"INSERT INTO version VALUES (?1, ?1 >> 20, ?2, '2026-01-01', NULL, 1795312345678901,"
		" NULL, 'update', '01a200fa-4f2c-7f18-b9b0-13a5b3bad9e0', NULL, NULL, NULL, NULL,"
		" ?3, '12', '345', 'ODT', 278.3, 278.3, 1, 1, 'current')");
	begun = clock_ticks_ms();
	cpu = process_cpu_us();
	while (clock_ticks_ms() < begun + seconds * 1000) {
		run(begin);
		/* The same mean, from two whole numbers. */
		for (commits++; (double)pieces < group * (double)commits; pieces++)
			insert_version(insert, &random, pieces);
		run(commit);
	}
	*ret = (struct speed){(double)pieces * 1e3 / (double)(clock_ticks_ms() - begun),
		(double)pieces / (double)commits,
		(process_cpu_us() - cpu) / (double)pieces};
	sqlite3_finalize(begin);
	sqlite3_finalize(commit);
	sqlite3_finalize(insert);
	sqlite3_close(db);
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
		struct speed ours, bare;

		rc = measure_writer(&bench, seconds, &ours, &err);
		if (rc || measure_bare(argv[1], seconds, ours.group, &bare))
			break;
		print_speed("versions", &ours);
		print_speed("bare SQLite", &bare);
		printf("ratio %.2f\n", ours.a_second / bare.a_second);
	}
	writer_free(bench.writer);
	register_close(&bench.opened);
	return rc ? bench_fail(&err) : 0;
}
