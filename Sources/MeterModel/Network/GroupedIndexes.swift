// SPDX-License-Identifier: Apache-2.0

/// Which items belong to which group; items that stand by group take no room.
struct GroupedIndexes: Hashable, Sendable {
    /// Where each group begins in `items`. Shape: `[group + 1]`.
    private let starts: NumberColumn
    /// The items, group after group, each group in ascending order.
    private let items: NumberColumn

    /// Groups item `k` under `keys[k]`, which must be below `count`.
    init(keys: [UInt32], count: Int) { self.init(keys: NumberColumn(keys), count: count) }

    /// Groups item `k` under `keys[k]`, which must be below `count`.
    init(keys: NumberColumn, count: Int) {
        if keys == NumberColumn(first: 0, step: 1, count: count) {
            // One item in each group.
            starts = NumberColumn(first: 0, step: 1, count: count + 1)
            items = keys
            return
        }
        var starts = [UInt32](repeating: 0, count: count + 1)
        var (last, isOrdered) = (0 as UInt32, true)
        for key in keys {
            starts[Int(key) + 1] += 1
            if key < last { isOrdered = false }
            last = key
        }
        for group in 0..<count { starts[group + 1] += starts[group] }
        self.starts = NumberColumn(starts)
        if isOrdered {
            items = NumberColumn(first: 0, step: 1, count: keys.count)
            return
        }
        var items = [UInt32](repeating: 0, count: keys.count)
        for (item, key) in keys.enumerated() {
            items[Int(starts[Int(key)])] = UInt32(item)
            starts[Int(key)] += 1
        }
        self.items = NumberColumn(items)
    }

    /// The group of each item, as given. Shape: `[item]`.
    var keys: [UInt32] {
        var keys = [UInt32](repeating: 0, count: items.count)
        for group in 0..<(starts.count - 1) {
            for place in places(of: group) { keys[self[place]] = UInt32(group) }
        }
        return keys
    }

    /// Where the items of a group stand.
    func places(of group: Int) -> Range<Int> { starts.bounds(at: group) }

    /// The items of a group; `places(of:)` costs less.
    func items(of group: Int) -> Slice<NumberColumn> { items[places(of: group)] }

    /// The item at a place.
    subscript(place: Int) -> Int { Int(items[place]) }
}

/// The rows of a table by their id.
struct RowGroups {
    /// The distinct ids, sorted.
    let ids: [String]
    /// The index of each id.
    let index: [String: Int]
    private let groups: GroupedIndexes

    /// Groups rows by their ids.
    init(_ rowIDs: [String]) {
        // Rows on record are sorted, and their ids need not be gathered in a set.
        var ids: [String] = []
        var keys: [UInt32] = []
        ids.reserveCapacity(rowIDs.count)
        keys.reserveCapacity(rowIDs.count)
        for id in rowIDs {
            if let last = ids.last, id <= last {
                if id < last { break }
            } else {
                ids.append(id)
            }
            keys.append(UInt32(ids.count - 1))
        }
        let isSorted = keys.count == rowIDs.count
        if !isSorted { ids = Set(rowIDs).sorted() }
        let index = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) })
        if !isSorted { keys = rowIDs.map { UInt32(index[$0] ?? 0) } }
        self.ids = ids
        self.index = index
        groups = GroupedIndexes(keys: keys, count: ids.count)
    }

    /// The rows of an id's index.
    subscript(index: Int) -> Slice<NumberColumn> { groups.items(of: index) }
}

/// Distinct values in the order in which they came.
struct DistinctValues<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: UInt32] = [:]
    /// The value asked for last; the next is mostly the same.
    private var last: (value: Value, number: UInt32)?

    /// The index of a value in `values`, which takes it if it is new.
    mutating func number(of value: Value) -> UInt32 {
        if let last, last.value == value { return last.number }
        let number = numbers[value] ?? UInt32(values.count)
        if numbers.updateValue(number, forKey: value) == nil { values.append(value) }
        last = (value, number)
        return number
    }
}
