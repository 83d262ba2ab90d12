// SPDX-License-Identifier: Apache-2.0
// Of glibc's unistd.h, where only GNU programs see it.

int syncfs(int descriptor);
