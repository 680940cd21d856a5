package line

import (
	"strings"
	"testing"
	"time"
)

func TestShiftsThatCannotBeMeant(t *testing.T) {
	good := Shift{Days: []string{"mon", "fri"}, From: "18:00", To: "02:00", Zone: "Europe/London", Langs: []string{"en", "pt-BR"}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Shift)
		says   string
	}{
		"no days":      {func(s *Shift) { s.Days = nil }, "needs days"},
		"a wrong day":  {func(s *Shift) { s.Days = []string{"Monday"} }, `"Monday"`},
		"a day twice":  {func(s *Shift) { s.Days = []string{"mon", "mon"} }, "twice"},
		"no from":      {func(s *Shift) { s.From = "" }, "from"},
		"a bare hour":  {func(s *Shift) { s.From = "9" }, `"9"`},
		"25 hours":     {func(s *Shift) { s.To = "25:00" }, `"25:00"`},
		"61 minutes":   {func(s *Shift) { s.To = "12:61" }, `"12:61"`},
		"after 24:00":  {func(s *Shift) { s.To = "24:01" }, `"24:01"`},
		"from 24:00":   {func(s *Shift) { s.From = "24:00" }, "24:00"},
		"no length":    {func(s *Shift) { s.To = s.From }, "the same"},
		"no zone":      {func(s *Shift) { s.Zone = "" }, "zone"},
		"this machine": {func(s *Shift) { s.Zone = "Local" }, "zone"},
		"a wrong zone": {func(s *Shift) { s.Zone = "Europe/Londres" }, `"Europe/Londres"`},
		"no channel":   {func(s *Shift) { s.Channels = []string{"fax"} }, `"fax"; the channels are web`},
		"two the same": {func(s *Shift) { s.Channels = []string{"web", "web"} }, "twice"},
		"a wrong lang": {func(s *Shift) { s.Langs = []string{"english please"} }, `"english please"`},
	} {
		s := good
		c.change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; it should say %q", name, err, c.says)
		}
	}
}

// rotas for every kind of night on which the clock is changed, and one that nobody changes.
var clocks = []struct {
	zone string
	days []string // days to walk through, a sample of a year and all around the changes
}{
	{"Europe/London", []string{"2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30", "2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26", "2026-07-01", "2026-12-31"}},
	{"Africa/Cairo", []string{"2026-04-23", "2026-04-24", "2026-04-25", "2026-10-28", "2026-10-29", "2026-10-30", "2026-10-31"}}, // changes at midnight
	{"Australia/Lord_Howe", []string{"2026-04-04", "2026-04-05", "2026-04-06", "2026-10-03", "2026-10-04", "2026-10-05"}},        // by half an hour
	{"America/New_York", []string{"2026-03-07", "2026-03-08", "2026-03-09", "2026-10-31", "2026-11-01", "2026-11-02"}},
	{"Asia/Kathmandu", []string{"2026-02-28", "2026-03-01"}},
	{"Pacific/Apia", []string{"2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"}}, // the 30th never was
}

var hours = [][2]string{
	{"18:00", "02:00"}, {"00:00", "24:00"}, {"01:00", "01:30"}, {"01:30", "02:30"}, {"02:30", "03:30"}, {"00:00", "00:30"},
	{"23:30", "00:30"}, {"09:00", "17:00"}, {"23:00", "24:00"}, {"02:15", "02:10"}, {"00:30", "00:00"},
}

// sweep walks through minutes as a clock on the wall does, and opens and closes each day's shift at the first minute at
// which the clock shows its time or a later one. It knows nothing of zones but what the clock showed: clock holds a
// reading for every minute, from lead minutes before those that see is told of.
func sweep(s Shift, clock []string, lead int, see func(minute int, open, began bool)) {
	type one struct {
		from, to     string
		begun, ended bool
	}
	first, _ := time.Parse("2006-01-02", clock[0][:10])
	var planned []*one
	for d := -2; d < len(clock)/(24*60)+3; d++ {
		date := first.AddDate(0, 0, d)
		if !strings.Contains(strings.Join(s.Days, " "), strings.ToLower(date.Format("Mon"))) {
			continue
		}
		o := &one{from: date.Format("2006-01-02 ") + s.From, to: date.Format("2006-01-02 ") + s.To}
		if s.To == "24:00" {
			o.to = date.AddDate(0, 0, 1).Format("2006-01-02 ") + "00:00"
		} else if s.To < s.From {
			o.to = date.AddDate(0, 0, 1).Format("2006-01-02 ") + s.To
		}
		planned = append(planned, o)
	}
	for m, now := range clock {
		open, began := false, false
		for _, o := range planned {
			wasBegun := o.begun
			o.begun = o.begun || now >= o.from
			o.ended = o.ended || now >= o.to
			open = open || o.begun && !o.ended
			began = began || o.begun && !wasBegun && !o.ended
		}
		if m >= lead {
			see(m-lead, open, began)
		}
	}
}

// readings is what a clock shows for minutes from start.
func readings(loc *time.Location, start time.Time, minutes int) []string {
	out := make([]string, minutes)
	for m := range out {
		out[m] = start.Add(time.Duration(m) * time.Minute).In(loc).Format("2006-01-02 15:04")
	}
	return out
}

func TestAShiftIsOpenWhenTheClockOnTheWallSaysSo(t *testing.T) {
	const lead, minutes = 2 * 24 * 60, 24 * 60
	for _, c := range clocks {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range c.days {
			start, err := time.ParseInLocation("2006-01-02 15:04", d+" 00:00", loc)
			if err != nil {
				t.Fatal(err)
			}
			clock := readings(loc, start.Add(-lead*time.Minute), lead+minutes)
			for _, h := range hours {
				for _, days := range [][]string{weekdays, {"sat"}, {"sun", "thu"}} {
					s := Shift{Days: days, From: h[0], To: h[1], Zone: c.zone}
					r, err := s.parse()
					if err != nil {
						t.Fatal(err)
					}
					spans, wrong := timetable{rotas: []rota{r}, closed: new(closures)}.around(start.Add(12*time.Hour), "", ""), 0
					sweep(s, clock, lead, func(m int, want, _ bool) {
						now, open := start.Add(time.Duration(m)*time.Minute), false
						for _, sp := range spans {
							open = open || !now.Before(sp.from) && now.Before(sp.to)
						}
						if open != want && wrong < 3 {
							wrong++
							t.Errorf("%v: at %s open is %v", s, now.In(loc), open)
						}
					})
				}
			}
		}
	}
}
