// SPDX-License-Identifier: Apache-2.0

@main
struct Tallywatt {
    static func main() {}
}
