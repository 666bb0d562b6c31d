#include <locale.h>

#include "base/error.h"

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	return 0;
}
