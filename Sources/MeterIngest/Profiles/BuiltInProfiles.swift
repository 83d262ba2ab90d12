// SPDX-License-Identifier: Apache-2.0

extension ProfileSet {
    /// The profiles that need no file, as the text that a person would write for them.
    static let builtInTexts: [(name: String, yaml: String)] = [
        (
            "interval-long",
            """
            name: interval-long
            about: one interval per line, its start in ISO form, the value named by its unit
            shape: long
            kind: interval_energy
            columns:
              meter: meter_id
              timestamp: timestamp
              quality: quality?
              channel: channel?
            unit: header
            label: start
            clock: service_point
            multiplier: not_applied
            """
        ),
        (
            "register-daily",
            """
            name: register-daily
            about: daily frozen registers (日冻结示数), one meter and date per line
            shape: register
            columns:
              meter: meter_id
              timestamp: date
              registers:
                1.8.0: total
                1.8.1: sharp
                1.8.2: peak
                1.8.3: flat
                1.8.4: valley
                1.8.5: deep_valley?
                2.8.0: reverse_total?
            unit: kWh
            freeze: "24:00"
            clock: service_point
            multiplier: not_applied
            """
        ),
    ]
}
