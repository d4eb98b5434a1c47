/* SPDX-License-Identifier: Apache-2.0
 * The parts of command dtm that work on the small, enumerable model.
 */
#ifndef CLI_DTM_SMALL_H
#define CLI_DTM_SMALL_H
#include "cli/cli.h"
#include "extract/cell.h"

cli_command_fn cli_dtm_train, cli_dtm_evaluate, cli_dtm_sample;
/* Cell `name` (NULL: the only one) of a cell or result file. */
ts_status cli_dtm_cell(const char *path, const char *name, diag_list *diag, extract_cell *cell);
#endif
