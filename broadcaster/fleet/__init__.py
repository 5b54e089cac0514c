"""The room of the stations: enrolment, signed plans, the station API, health and the bell."""
