#include "base/dice.h"

#include <math.h>

#include "base/banned.h"

/* The finalizer of SplitMix64 (Steele, Lea and Flood 2014): every input bit moves every output. */
static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
	bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
	return bits ^ (bits >> 31);
}

static uint64_t mix_three(uint64_t a, uint64_t b, uint64_t c)
{
	return mix(mix(mix(a + 0x9E3779B97F4A7C15U) + b) + c);
}

struct dice dice_for(uint64_t seed, uint64_t what, uint64_t which)
{
	return (struct dice){mix_three(seed, what, which)};
}

uint64_t dice_roll(struct dice *dice)
{
	dice->state += 0x9E3779B97F4A7C15U;
	return mix(dice->state);
}

static double unit_of(uint64_t bits)
{
	return (double)(bits >> 11) * 0x1p-53;
}

double dice_unit(struct dice *dice)
{
	return unit_of(dice_roll(dice));
}

uint32_t dice_below(struct dice *dice, uint32_t count)
{
	return (uint32_t)(((dice_roll(dice) >> 32) * count) >> 32);
}

double dice_between(struct dice *dice, double low, double high)
{
	return low + (high - low) * dice_unit(dice);
}

bool dice_chance(struct dice *dice, double probability)
{
	return dice_unit(dice) < probability;
}

/* The field's value at a corner of its lattice. */
static double corner(uint64_t seed, double x, double y)
{
	return 2 * unit_of(mix_three(seed, (uint64_t)(int64_t)x, (uint64_t)(int64_t)y)) - 1;
}

double dice_field(uint64_t seed, double x, double y, double length)
{
	double left = floor(x / length), low = floor(y / length);
	double s = x / length - left, t = y / length - low;
	double below, above;

	s = s * s * (3 - 2 * s);
	t = t * t * (3 - 2 * t);
	below = corner(seed, left, low) * (1 - s) + corner(seed, left + 1, low) * s;
	above = corner(seed, left, low + 1) * (1 - s) + corner(seed, left + 1, low + 1) * s;
	return below * (1 - t) + above * t;
}
