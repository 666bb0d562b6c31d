/*
 * A generator of numbers for property tests: SplitMix64, so that a seed gives the same numbers on
 * every machine. The seed is printed; DOTHI_SEED=... in the environment runs another one.
 */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct random {
	uint64_t state;
};

static inline struct random random_start(uint64_t seed)
{
	const char *wish = getenv("DOTHI_SEED");

	if (wish)
		seed = strtoull(wish, NULL, 10);
	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	return (struct random){seed};
}

static inline uint64_t random_bits(struct random *random)
{
	uint64_t z = random->state += 0x9E3779B97F4A7C15;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return z ^ (z >> 31);
}

/* 0 to count - 1; the bias is far below what a test can see. */
static inline size_t random_below(struct random *random, size_t count)
{
	return (size_t)(random_bits(random) % count);
}

/* Any double at all: NaN, infinities and subnormals among them. */
static inline double random_any_double(struct random *random)
{
	uint64_t bits = random_bits(random);
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Evenly in [least, most). */
static inline double random_between(struct random *random, double least, double most)
{
	return least + (most - least) * (double)(random_bits(random) >> 11) * 0x1p-53;
}

#endif
