/* SPDX-License-Identifier: Apache-2.0
 * Program entry. Everything is in cli/cli.c so that tests can link it.
 */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
