// SPDX-License-Identifier: Apache-2.0

/// The fields of a URDB record, by what they do to a bill.
///
/// Source: field names of the OpenEI Utility Rate Database, versions 3 to 8.
enum UrdbFields {
    /// Fields that name the rate, tell where it is from, or decide who may have it: they change no
    /// amount, and are kept with the record.
    static let kept: Set<String> = [
        "label", "uri", "name", "utility", "eiaid", "approved", "is_default", "description",
        "source",
        "sourceparent", "sector", "servicetype", "supersedes", "revisions", "startdate", "enddate",
        "effectivedate", "country", "voltagecategory", "voltageminimum", "voltagemaximum",
        "phasewiring", "peakkwcapacitymin", "peakkwcapacitymax", "peakkwcapacityhistory",
        "peakkwusagemin", "peakkwusagemax", "peakkwusagehistory", "fixedkey", "demandkey",
        "energykey", "voltagecategoryname", "usingflags", "userpwd", "_id",
    ]

    /// Fields that say how those beside them are meant, and nothing without them.
    static let units: [String: String] = [
        "fixedchargeunits": "fixedchargefirstmeter", "minchargeunits": "mincharge",
        "flatdemandunit": "flatdemandstructure", "flatdemandunits": "flatdemandstructure",
        "flatdemandmonths": "flatdemandstructure", "demandrateunit": "demandratestructure",
        "demandunits": "demandratestructure", "demandweekdayschedule": "demandratestructure",
        "demandweekendschedule": "demandratestructure",
        "coincidentrateunit": "coincidentratestructure",
        "coincidentrateschedule": "coincidentratestructure",
        "energyweekdayschedule": "energyratestructure",
        "energyweekendschedule": "energyratestructure",
        "demandreactivepowerunit": "demandreactivepowercharge",
        "lookbackmonths": "lookbackpercent", "lookbackrange": "lookbackpercent",
    ]
}
