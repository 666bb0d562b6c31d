/*
 * dice: pseudo-random numbers that repeat: the same seed gives the same rolls on every machine.
 *
 * For sample data and tests, never for secrets. Take dice of their own for each thing that is
 * made (dice_for), so that what happens to one thing does not change the next.
 */
#ifndef BASE_DICE_H
#define BASE_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Dice for one thing: `what` tells kinds of things apart, `which` the things of a kind. */
struct dice dice_for(uint64_t seed, uint64_t what, uint64_t which);

uint64_t dice_roll(struct dice *dice);
uint32_t dice_below(struct dice *dice, uint32_t count); /* 0 to count - 1; count is not 0 */
double dice_unit(struct dice *dice);			/* 0 <= x < 1 */
double dice_between(struct dice *dice, double low, double high);
bool dice_chance(struct dice *dice, double probability);

/* A smooth random field over the plane: -1 to 1, with hills about `length` apart. */
double dice_field(uint64_t seed, double x, double y, double length);

#endif
