#include "gis/side.h"

#include <math.h>
#include <stddef.h>

#include "base/banned.h"

/*
 * J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
 * Predicates (1997): how far rounding can move the determinant, as a share of its two products.
 */
static const double rounding_share = (3 + 16 * 0x1p-53) * 0x1p-53;

enum { TERMS = 16 }; /* two products of two sums of two, each with what rounding lost */

static double two_sum(double a, double b, double *ret_lost)
{
	double sum = a + b, of_b = sum - a;

	*ret_lost = (a - (sum - of_b)) + (b - of_b);
	return sum;
}

static double two_product(double a, double b, double *ret_lost)
{
	double product = a * b;

	*ret_lost = fma(a, b, -product);
	return product;
}

/* The sign of a sum: its parts are kept such that the last one that is not zero tells. */
static int sign_of_sum(const double terms[TERMS])
{
	double parts[TERMS];
	size_t count = 0;

	for (size_t i = 0; i < TERMS; i++) {
		double rest = terms[i];

		for (size_t k = 0; k < count; k++)
			rest = two_sum(rest, parts[k], &parts[k]);
		parts[count++] = rest;
	}
	while (count > 1 && parts[count - 1] == 0)
		count--;
	return (parts[count - 1] > 0) - (parts[count - 1] < 0);
}

static int exact_side(const double *from, const double *to, double x, double y)
{
	double across[2], up[2], right[2], above[2], terms[TERMS];
	size_t count = 0;

	across[0] = two_sum(to[0], -from[0], &across[1]);
	up[0] = two_sum(to[1], -from[1], &up[1]);
	right[0] = two_sum(x, -from[0], &right[1]);
	above[0] = two_sum(y, -from[1], &above[1]);
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 2; k++) {
			terms[count] = two_product(across[i], above[k], &terms[count + 1]);
			terms[count + 2] = two_product(-up[i], right[k], &terms[count + 3]);
			count += 4;
		}
	return sign_of_sum(terms);
}

int side_of(const double *from, const double *to, double x, double y)
{
	double left = (to[0] - from[0]) * (y - from[1]);
	double right = (to[1] - from[1]) * (x - from[0]);
	double turn = left - right, doubt = rounding_share * (fabs(left) + fabs(right));

	if (turn > doubt)
		return 1;
	if (-turn > doubt)
		return -1;
	return exact_side(from, to, x, y);
}
