/*
 * Runs a target without libFuzzer, so that make check does on every machine: first the inputs of
 * its corpus, then mutations of them from a fixed seed. With arguments, those files alone.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/random.h"

enum {
	ROUNDS = 40000,
	INPUT_MAX = 4096,
	INPUTS_MAX = 200,
	CHANGES_MAX = 6,
};

struct input {
	size_t len;
	uint8_t bytes[INPUT_MAX];
};

/* What is being run, for the handler of a crash. */
static const char *target;
static struct input *running;

static void leave_crash(void)
{
	char name[200];
	FILE *file;

	snprintf(name, sizeof name, "crash-%s", target);
	file = fopen(name, "wb");
	if (!file || !running)
		return;
	fwrite(running->bytes, 1, running->len, file);
	fclose(file);
	fprintf(stderr, "the input is in %s\n", name);
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

static void on_abort(int number)
{
	signal(number, SIG_DFL);
	leave_crash();
	raise(number);
}

static void watch_for_crashes(void)
{
	signal(SIGABRT, on_abort);
#ifdef __SANITIZE_ADDRESS__
	__sanitizer_set_death_callback(leave_crash);
#else
	signal(SIGSEGV, on_abort);
#endif
}

/* The bytes stand alone in memory, so that a read behind their end is seen. */
static void run(struct input *input)
{
	uint8_t *alone = malloc(input->len ? input->len : 1);

	if (!alone)
		exit(1);
	memcpy(alone, input->bytes, input->len);
	running = input;
	LLVMFuzzerTestOneInput(alone, input->len);
	free(alone);
}

static void read_input(const char *path, struct input *ret)
{
	FILE *file = fopen(path, "rb");

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	ret->len = fread(ret->bytes, 1, sizeof ret->bytes, file);
	fclose(file);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Reads the corpus in the order of names, so that the seed means the same everywhere. */
static size_t read_corpus(struct input *inputs)
{
	const char *source = getenv("srcdir");
	char folder[1000], path[2000];
	struct dirent **entries;
	size_t count = 0;
	int found;

	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", source ? source : ".", target);
	found = scandir(folder, &entries, NULL, by_name);
	for (int i = 0; i < found; i++) {
		if (entries[i]->d_name[0] != '.' && count < INPUTS_MAX) {
			snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
			read_input(path, &inputs[count++]);
		}
		free(entries[i]);
	}
	if (found >= 0)
		free(entries);
	if (!count) {
		fprintf(stderr, "%s: no inputs\n", folder);
		exit(1);
	}
	return count;
}

/* Makes room for `more` bytes at a place, or takes -more away. */
static void shift(struct input *input, size_t at, long more)
{
	size_t wish = more < 0 ? (size_t)-more : (size_t)more;

	if (more < 0) {
		if (wish > input->len - at)
			wish = input->len - at;
		memmove(input->bytes + at, input->bytes + at + wish, input->len - at - wish);
		input->len -= wish;
	} else if (wish <= INPUT_MAX - input->len) {
		memmove(input->bytes + at + wish, input->bytes + at, input->len - at);
		memset(input->bytes + at, ' ', wish);
		input->len += wish;
	}
}

static void change(struct random *random, struct input *input, const struct input *other)
{
	static const uint8_t telling[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '\\', '{', '[', '}', ']',
		',', '-', '+', '.', 'e', '0', '9', '\n', ' ', '=', ';', 0xC3, 0xE1, 0xF0, 0xED,
		0xCC};
	size_t at = input->len ? random_below(random, input->len) : 0;
	size_t piece = 1 + random_below(random, 16), from;

	switch (random_below(random, 6)) {
	case 0:
		input->bytes[at] ^= (uint8_t)(1 << random_below(random, 8));
		break;
	case 1:
		input->bytes[at] = telling[random_below(random, sizeof telling)];
		break;
	case 2:
		shift(input, at, (long)piece);
		input->bytes[at] = telling[random_below(random, sizeof telling)];
		break;
	case 3:
		shift(input, at, -(long)piece);
		break;
	case 4:
		input->len = at;
		break;
	default:
		from = other->len ? random_below(random, other->len) : 0;
		if (piece > other->len - from)
			piece = other->len - from;
		if (piece <= INPUT_MAX - input->len) {
			shift(input, at, (long)piece);
			memcpy(input->bytes + at, other->bytes + from, piece);
		}
		break;
	}
}

int main(int argc, char **argv)
{
	struct input *inputs = calloc(INPUTS_MAX + 1, sizeof *inputs), *input = inputs + INPUTS_MAX;
	struct random random;
	size_t count;

	target = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	target += strncmp(target, "fuzz_", 5) ? 0 : 5;
	if (!inputs)
		return 1;
	watch_for_crashes();
	for (int i = 1; i < argc; i++) {
		read_input(argv[i], input);
		run(input);
	}
	if (argc == 1) {
		random = random_start(1);
		count = read_corpus(inputs);
		for (size_t i = 0; i < count; i++)
			run(&inputs[i]);
		for (int round = 0; round < ROUNDS; round++) {
			*input = inputs[random_below(&random, count)];
			for (size_t k = random_below(&random, CHANGES_MAX) + 1; k; k--)
				change(&random, input, &inputs[random_below(&random, count)]);
			run(input);
		}
	}
	free(inputs);
	return 0;
}
