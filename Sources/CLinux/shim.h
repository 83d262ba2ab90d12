// SPDX-License-Identifier: Apache-2.0
// Of glibc's unistd.h, where only GNU programs see it.

#include <stddef.h>
#include <sys/types.h>

int syncfs(int descriptor);
ssize_t copy_file_range(
    int input, off_t *input_offset, int output, off_t *output_offset, size_t length, unsigned flags);
