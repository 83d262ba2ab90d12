// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A JSON object whose keys stand in the order they were added.
struct JSONObject {
    private var entries: [String] = []

    /// The object as text.
    var text: String { "{" + entries.joined(separator: ",") + "}" }

    mutating func add(_ key: String, _ value: String?) {
        add(key, raw: value?.jsonText ?? "null")
    }

    mutating func add(_ key: String, _ value: Int?) {
        add(key, raw: value.map(String.init) ?? "null")
    }

    mutating func add(_ key: String, raw value: String) {
        entries.append(key.jsonText + ":" + value)
    }

    /// Adds a list of values that are JSON already.
    mutating func add(_ key: String, list: [String]) {
        add(key, raw: "[" + list.joined(separator: ",") + "]")
    }

    /// Adds an object of counts, by name.
    mutating func add(_ key: String, counts: [String: Int]) {
        var object = JSONObject()
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { object.add(name, count) }
        add(key, raw: object.text)
    }
}
