/* Prints the ids of THE table of layers, for check_layer_ids.sh. */
#include <stdio.h>

#include "data/layer.h"

int main(void)
{
	const struct layer_table *table = city_layers();

	for (size_t i = 0; i < table->count; i++)
		puts(table->layers[i].id);
	return 0;
}
