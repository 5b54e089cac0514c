"""What airs, where and when: the pure core and the documents on the wire.

No clock, file or socket is read here: `now` is an argument. Where to find what:

- values of an editor: `programme`, `recordings`, `slot`, `recurrence`; of a station: `station_profile`
- rules over them: `local_time`, `quiet_hours`, `language_choice`, `resolve`, `conflicts`, `compile`
- documents: `wire`, `envelope` (signatures); when they are believed: `trust`, `station_token`
- afterwards: `reconciliation` of plan and as-run, `evidence`
- `errors`, by whose fault
"""
