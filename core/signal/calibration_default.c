/* SPDX-License-Identifier: Apache-2.0 */
#include "core/signal/calibration_default.h"

const struct calibration calibration_default = {
    .id = {'E', 'N', 'G', '-', 'F', 'N', 'G', '1'},
    .a = 109.7f,
    .b = -21.7f,
    .c = 0.0f,
    .r_min = 0.30f, /* just above 100 %, shown as 100 */
    .r_max = 1.83f, /* 70 %: below it there is nothing to compare with */
};
