#include "tests/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/data/old_register.h"
#include "tests/fault/cut_city.h"
#include "tests/fault/cut_disk.h"

/*
 * The power is cut at each instant of the first start, a migration, commits and checkpoints. What
 * may then be on the disk (cut_disk.h) is opened as the program opens it, and looked at: all that
 * was answered is there, each transaction whole or not at all, and no number is missing.
 */
enum {
	SEEN_PLACES = 1 << 18, /* of the set of states; never half full */
	BAD_SHOWN = 5,
	BAD_ENOUGH = 40,  /* a scenario that shall fail has failed */
	WRITE_EACH = 20,  /* after every so many good states it is seen that writing goes on */
	CREATE_EACH = 20, /* ... or that a register can be made where there is none */
	CUT_AGAIN = 12,
};
#ifdef __SANITIZE_ADDRESS__
enum { EVENT_EACH = 16 }; /* states are looked at after every so many events */
#else
enum { EVENT_EACH = 1 };
#endif

/* Two folders: where the program runs and is recorded, and where states are laid out. */
struct site {
	struct strbuf work, run, state;
	struct random random;
	uint64_t *seen;
	struct recording recording; /* of the last scenario */
	int64_t present;	    /* transactions in the base of the one that follows */
};

struct scenario {
	const char *name;
	void (*prepare)(struct site *site); /* unrecorded */
	void (*run)(struct site *site);
	int64_t promised;	 /* what was promised before; 1 the register, + 1 a transaction */
	int random_states;	 /* after each event */
	bool folders_never_sync; /* as if nobody had synced a folder: to see that it matters */
	bool must_fail;
};

/* --- what must hold ----------------------------------------------------------------------------*/

/* Where no register is found, none was promised, and one can be made. */
static int check_none(
	struct site *site, struct small_register *city, int64_t promised, struct error *err)
{
	const struct register_plan plan = small_register_plan(city);
	int64_t present;
	int rc;

	if (promised)
		return ERR_NOT_FOUND;
	if (random_below(&site->random, CREATE_EACH))
		return 0;
	rc = register_create(&plan, err);
	if (!rc)
		rc = small_register_open(city, STORE_WRITE, err);
	return rc ? rc : cut_city_check(city->opened.store, 0, &present, err);
}

/* Opens the register of the state that is laid out; 0 if all is as it must be. */
static int check_state(struct site *site, int64_t promised, int64_t *ret_present, struct error *err)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->state);
	int rc = small_register_open(&city, STORE_WRITE, err);

	if (rc == ERR_NOT_FOUND)
		return check_none(site, &city, promised, err);
	if (!rc)
		rc = cut_city_check(city.opened.store, promised, ret_present, err);
	if (!rc && !random_below(&site->random, WRITE_EACH))
		rc = cut_city_check_further(&city, *ret_present, err);
	return rc;
}

/* --- states ------------------------------------------------------------------------------------*/

static void make_empty(const struct strbuf *folder)
{
	assert_int_equal(file_remove(folder->data, NULL), 0);
	assert_int_equal(mkdir(folder->data, 0755), 0);
}

/* True if the number was not in the set, where it is now. */
static bool is_new(struct site *site, uint64_t number)
{
	size_t place = (size_t)(number % SEEN_PLACES);

	number |= 1; /* 0 is a free place */
	for (; site->seen[place]; place = (place + 1) % SEEN_PLACES)
		if (site->seen[place] == number)
			return false;
	site->seen[place] = number;
	return true;
}

/* What lies beside, that no power cut spares: a lock of who is dead, shared memory of rubbish. */
static void litter(struct site *site)
{
	static unsigned char rubbish[32768];
	struct small_register city = cut_city_in(&site->state);
	autofree(strbuf_clear) struct strbuf path = STRBUF(4096);

	if (file_exists(city.folder.data) && random_below(&site->random, 2)) {
		file_join(&path, city.folder.data, "lock");
		file_replace(path.data, "4711\n", random_below(&site->random, 6), NULL);
	}
	if (file_exists(city.database.data) && !random_below(&site->random, 4)) {
		for (size_t i = 0; i < sizeof rubbish; i++)
			rubbish[i] = (unsigned char)random_bits(&site->random);
		strbuf_reset(&path);
		strbuf_add_format(&path, "%s-shm", city.database.data);
		file_replace(path.data, rubbish, sizeof rubbish, NULL);
	}
	cut_city_drop(&city);
}

struct tally {
	size_t events, states, looked_at, bad;
};

static void show_bad(const struct scenario *scenario, const struct site *site, size_t event,
	enum cut_choice choice, const struct error *err)
{
	static const char *const kinds[] = {"folder", "link", "rename", "unlink",
		"sync of a folder", "write", "truncate", "sync", "promise"};
	static const char *const choices[] = {"nothing", "all", "some"};
	const struct recorded *last = &site->recording.events[event];

	print_message("%s: bad after event %zu (%s of file %d %s at %lld), %s of the rest: %s %s\n",
		scenario->name, event - site->recording.start, kinds[last->kind], last->file,
		last->name ? last->name : "", (long long)last->at, choices[choice],
		error_message_code(err), err->detail);
}

static void try_state(const struct scenario *scenario, struct site *site,
	const struct cut_disk *disk, size_t event, enum cut_choice choice, int64_t promised,
	struct tally *tally)
{
	struct random same = site->random;
	uint64_t number = cut_disk_digest(disk, choice, &site->random);
	struct error err = {0};
	int64_t present = 0;

	if (is_new(site, number))
		tally->states++;
	/* The same disk, when more was promised, is another question. */
	if (!is_new(site, number ^ ((uint64_t)(promised + 1) * 0x9E3779B97F4A7C15)))
		return;
	make_empty(&site->state);
	cut_disk_write(disk, choice, &same, site->state.data);
	litter(site);
	tally->looked_at++;
	if (!check_state(site, promised, &present, &err))
		return;
	if (tally->bad++ < BAD_SHOWN && !scenario->must_fail)
		show_bad(scenario, site, event, choice, &err);
}

/* All that was done to the names of a folder never becomes durable. */
static void forget_folder_syncs(struct recording *recording)
{
	for (size_t i = recording->start; i < recording->count; i++)
		if (recording->events[i].kind == RECORDED_SYNC_FOLDER)
			recording->events[i].kind = RECORDED_ACK;
}

static void record(const struct scenario *scenario, struct site *site)
{
	recording_clear(&site->recording);
	recording_start(site->run.data);
	scenario->run(site);
	recording_stop(&site->recording);
	if (scenario->folders_never_sync)
		forget_folder_syncs(&site->recording);
}

/* Cuts the power after each event. */
static void cut_everywhere(const struct scenario *scenario, struct site *site, struct tally *tally)
{
	struct cut_disk *disk = cut_disk_new(&site->recording);
	int64_t promised = scenario->promised;

	tally->events += site->recording.count - site->recording.start;
	memset(site->seen, 0, SEEN_PLACES * sizeof *site->seen);
	for (size_t i = 0; cut_disk_go_on(disk) && tally->bad < BAD_ENOUGH; i++) {
		const struct recorded *event = &site->recording.events[i];

		if (event->kind == RECORDED_ACK && event->at > promised)
			promised = event->at;
		if (i + 1 < site->recording.start || i % EVENT_EACH)
			continue;
		try_state(scenario, site, disk, i, CUT_NOTHING, promised, tally);
		try_state(scenario, site, disk, i, CUT_ALL, promised, tally);
		for (int k = 0; k < scenario->random_states; k++)
			try_state(scenario, site, disk, i, CUT_RANDOM, promised, tally);
	}
	cut_disk_free(disk);
}

/* Good states of all scenarios. */
static size_t total;

/* Says what was found, and fails the test where it must. */
static void settle(const char *name, const struct tally *tally, bool must_fail)
{
	print_message("%s: %zu events, %zu states, looked at %zu times, %zu bad\n", name,
		tally->events, tally->states, tally->looked_at, tally->bad);
	if (must_fail) {
		assert_true(tally->bad > 0);
		return;
	}
	assert_int_equal(tally->bad, 0);
	total += tally->states;
}

static void drive(const struct scenario *scenario, struct site *site)
{
	struct tally tally = {0};

	make_empty(&site->run);
	if (scenario->prepare)
		scenario->prepare(site);
	record(scenario, site);
	cut_everywhere(scenario, site, &tally);
	settle(scenario->name, &tally, scenario->must_fail);
}

/* --- scenarios ---------------------------------------------------------------------------------*/

static void open_city(struct small_register *city)
{
	struct error err = {0};

	if (small_register_open(city, STORE_WRITE, &err))
		fail_msg("%s", err.detail);
}

static void create_city(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);
	const struct register_plan plan = small_register_plan(&city);

	assert_int_equal(register_create(&plan, NULL), 0);
	recording_ack(1);
	open_city(&city);
	cut_city_is_whole(city.opened.store);
}

static void first_start(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);

	create_city(site);
	open_city(&city);
	cut_city_work(city.opened.store, 1, 2);
}

static void create_old_city(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);

	old_register_make(&city, 0);
}

static void migration(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);

	open_city(&city);
	cut_city_work(city.opened.store, 1, 2);
}

static void commits(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);

	open_city(&city);
	cut_city_work(city.opened.store, 1, 9);
	cut_city_work_in_group(city.opened.store, 10, 13);
	cut_city_work(city.opened.store, 14, 18);
	cut_city_work_in_group(city.opened.store, 19, 20);
}

/* As `commits`, but the machine is never told to write anything for good. */
static void commits_without_sync(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);

	open_city(&city);
	store_must_run(
		city.opened.store, "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 30");
	cut_city_work(city.opened.store, 1, 9);
}

static void checkpoints(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);

	open_city(&city);
	store_must_run(city.opened.store, "PRAGMA wal_autocheckpoint = 30");
	cut_city_work(city.opened.store, 1, 6);
	store_must_run(city.opened.store, "PRAGMA wal_checkpoint(TRUNCATE)");
	cut_city_work(city.opened.store, 7, 8);
	store_must_run(city.opened.store, "PRAGMA wal_checkpoint(RESTART)");
	cut_city_work_in_group(city.opened.store, 9, 11);
	register_close(&city.opened);
	open_city(&city);
	cut_city_work(city.opened.store, 12, 14);
}

/* The register as a cut of the last recording left it. */
static void choose_cut(struct site *site, const struct recording *recording)
{
	struct cut_disk *disk = cut_disk_new(recording);
	struct random same;
	int64_t promised = 0;
	size_t events =
		recording->start + random_below(&site->random, recording->count - recording->start);

	for (size_t i = 0; i < events || !promised; i++) {
		assert_true(cut_disk_go_on(disk));
		if (recording->events[i].kind == RECORDED_ACK)
			promised = recording->events[i].at;
	}
	make_empty(&site->state);
	make_empty(&site->run);
	same = site->random;
	cut_disk_write(disk, CUT_RANDOM, &site->random, site->state.data);
	cut_disk_write(disk, CUT_RANDOM, &same, site->run.data);
	assert_int_equal(check_state(site, promised, &site->present, NULL), 0);
	cut_disk_free(disk);
}

static void recovery(struct site *site)
{
	autofree(cut_city_drop) struct small_register city = cut_city_in(&site->run);

	open_city(&city);
	cut_city_work(city.opened.store, site->present + 1, site->present + 1);
}

/* --- tests -------------------------------------------------------------------------------------*/

static int make_site(void **state)
{
	static struct site site;
	const char *parent = access("/dev/shm", W_OK) ? "." : "/dev/shm";
	char real[4096];

	site = (struct site){
		STRBUF(4096), STRBUF(4096), STRBUF(4096), random_start(20261122), NULL, {0}, 0};
	site.seen = calloc(SEEN_PLACES, sizeof *site.seen);
	*state = &site;
	if (!site.seen || file_make_temporary_folder(parent, &site.work, NULL) ||
		!realpath(site.work.data, real))
		return -1;
	strbuf_reset(&site.work);
	strbuf_add_text(&site.work, real);
	file_join(&site.run, real, "run");
	file_join(&site.state, real, "state");
	return 0;
}

static int drop_site(void **state)
{
	struct site *site = *state;
	int rc = file_remove(site->work.data, NULL);

	recording_clear(&site->recording);
	strbuf_clear(&site->work);
	strbuf_clear(&site->run);
	strbuf_clear(&site->state);
	free(site->seen);
	return rc;
}

static void a_register_is_made_or_not(void **state)
{
	static const struct scenario scenario = {
		"first start", NULL, first_start, 0, 3, false, false};

	drive(&scenario, *state);
}

static void a_migration_is_done_or_not(void **state)
{
	static const struct scenario scenario = {
		"migration", create_old_city, migration, 1, 4, false, false};

	drive(&scenario, *state);
}

static void what_was_answered_is_there(void **state)
{
	static const struct scenario scenario = {
		"commits", create_city, commits, 1, 4, false, false};

	drive(&scenario, *state);
}

static void a_checkpoint_loses_nothing(void **state)
{
	static const struct scenario scenario = {
		"checkpoints", create_city, checkpoints, 1, 4, false, false};

	drive(&scenario, *state);
}

/* The power is cut again while the program recovers from a cut. */
static void a_second_cut_changes_nothing(void **state)
{
	static const struct scenario bases[] = {
		{"", NULL, first_start, 0, 0, false, false},
		{"", create_city, checkpoints, 1, 0, false, false},
	};
	struct site *site = *state;
	struct tally tally = {0};

	for (size_t i = 0; i < 2; i++) {
		struct recording recording;

		make_empty(&site->run);
		if (bases[i].prepare)
			bases[i].prepare(site);
		record(&bases[i], site);
		recording = site->recording;
		site->recording = (struct recording){0};
		for (int k = 0; k < CUT_AGAIN / EVENT_EACH + 1; k++) {
			struct scenario again = {"cut again", NULL, recovery, 1, 2, false, false};

			choose_cut(site, &recording);
			again.promised = 1 + site->present;
			record(&again, site);
			cut_everywhere(&again, site, &tally);
		}
		recording_clear(&recording);
	}
	settle("cut again", &tally, false);
}

/* The model bites: what does not sync is found out. */
static void what_is_not_synced_is_found_out(void **state)
{
	static const struct scenario without[] = {
		{"synchronous=OFF", create_city, commits_without_sync, 1, 2, false, true},
		{"folders never synced", NULL, first_start, 0, 2, true, true},
	};

	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		drive(&without[i], *state);
}

#define in_site(test) cmocka_unit_test_setup_teardown(test, make_site, drop_site)

static int say_total(void **state)
{
	(void)state;
	print_message("%zu states in all\n", total);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_site(a_register_is_made_or_not),
		in_site(a_migration_is_done_or_not),
		in_site(what_was_answered_is_there),
		in_site(a_checkpoint_loses_nothing),
		in_site(a_second_cut_changes_nothing),
		in_site(what_is_not_synced_is_found_out),
	};

	recording_vfs_install();
	return cmocka_run_group_tests(tests, NULL, say_total);
}
