package directory

import "time"

// Hours are when a service answers. The zero Hours are unknown, which reads "hours not known, you can try".
type Hours struct {
	Known  bool
	Always bool   // day and night, every day
	Zone   string // IANA, for Weekly
	Weekly []Span // by day, then by time
	Text   string // the source's own words, for staff
}

// A Span is one stretch of a weekday, in minutes from local midnight; To may exceed 1440 when it runs past midnight.
type Span struct {
	Day      time.Weekday
	From, To int
}
