package directory

import (
	"testing"
	"time"
)

func TestHoursOfShippedRows(t *testing.T) {
	d := shipped(t)
	for id, want := range map[string]struct{ known, always bool }{
		"gb-trafficking-hotline-2": {true, true},   // 24/7
		"gb-trafficking-hotline":   {false, false}, // daily hours not stated
		"be-trafficking-hotline":   {false, false}, // announced; verify
		"pl-trafficking-hotline":   {false, false}, // urgent matters only
		"mt-other":                 {false, false}, // no days given
		"nl-trafficking-hotline":   {true, false},
		"al-trafficking-hotline":   {false, false}, // empty
		"li-domestic-violence":     {true, true},   // always available
	} {
		s, ok := service(d, id)
		if !ok || s.Hours.Known != want.known || s.Hours.Always != want.always {
			t.Errorf("%s: %+v, want known %v, always %v", id, s.Hours, want.known, want.always)
		}
	}
	// Every shipped text is read by the table or the grammar; an unread one would be a note.
	if len(d.Notes()) != 0 {
		t.Error(d.Notes())
	}
}

func TestOpenAt(t *testing.T) {
	d := shipped(t)
	nl, _ := service(d, "nl-trafficking-hotline") // Mon-Fri 09:00-17:00 in Amsterdam
	jp, _ := service(d, "jp-migrant")             // Mon-Fri 09:00-12:30 and 13:30-17:00 in Tokyo
	mk, _ := service(d, "mk-trafficking-hotline") // daily 08:00-20:00 in Skopje
	night, err := parseHours("Fri-Sat 22:00-02:00", "Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	midnight, err := parseHours("Mon 20:00-24:00", "Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		h    Hours
		at   string
		open bool
	}{
		{"first minute in summer", nl.Hours, "2026-06-01T07:00:00Z", true},
		{"a minute before, in summer", nl.Hours, "2026-06-01T06:59:59Z", false},
		{"first minute in winter", nl.Hours, "2026-01-05T08:00:00Z", true},
		{"a minute before, in winter", nl.Hours, "2026-01-05T07:59:00Z", false},
		{"closing minute", nl.Hours, "2026-01-05T16:00:00Z", false},
		{"Saturday", nl.Hours, "2026-01-10T12:00:00Z", false},
		{"the pause", jp.Hours, "2026-01-05T03:45:00Z", false},
		{"after the pause", jp.Hours, "2026-01-05T04:30:00Z", true},
		{"Monday in Tokyo, Sunday in Greenwich", jp.Hours, "2026-01-05T00:00:00Z", true},
		{"Sunday", mk.Hours, "2026-01-04T07:00:00Z", true},
		{"Saturday late", night, "2026-01-10T22:00:00Z", true},
		{"Sunday small hours, begun on Saturday", night, "2026-01-11T01:59:00Z", true},
		{"Sunday late", night, "2026-01-11T22:00:00Z", false},
		{"Friday small hours, not begun on Thursday", night, "2026-01-09T01:00:00Z", false},
		{"until midnight", midnight, "2026-01-05T23:59:00Z", true},
		{"after midnight", midnight, "2026-01-06T00:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if open, known := c.h.OpenAt(at); open != c.open || !known {
			t.Errorf("%s: open %v, known %v; want open %v", c.name, open, known, c.open)
		}
	}
	if open, known := (Hours{}).OpenAt(time.Time{}); open || known {
		t.Error("unknown hours must be neither open nor known")
	}
	if open, known := (Hours{Known: true, Always: true}).OpenAt(time.Time{}); !open || !known {
		t.Error("day and night is always open")
	}
}

func TestStretches(t *testing.T) {
	for text, want := range map[string][]Stretch{
		"Mon-Fri 09:00-17:00":              {{time.Monday, time.Friday, 540, 1020}},
		"daily 08:00-20:00":                {{time.Monday, time.Sunday, 480, 1200}},
		"Sat-Mon 10:00-12:00":              {{time.Monday, time.Monday, 600, 720}, {time.Saturday, time.Sunday, 600, 720}},
		"Sun 22:00-02:00, Mon 09:00-10:00": {{time.Monday, time.Monday, 540, 600}, {time.Sunday, time.Sunday, 1320, 120}},
		"24/7":                             nil,
		"unknown":                          nil,
	} {
		h, err := parseHours(text, "Europe/London")
		if err != nil {
			t.Fatal(err)
		}
		got := h.Stretches()
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", text, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", text, got, want)
			}
		}
	}
}

func TestHoursGrammar(t *testing.T) {
	for _, bad := range []string{"Mornings", "Mon", "Mon 9-17", "Mon 09:00", "Mon 09:60-10:00", "Mon 24:01-10:00", "Mun 09:00-10:00", "Mon-Xyz 09:00-10:00", "Mon-Fri 09:00-17:00; Sat 10:00-12:00", "24/7 (verify)", "Mon ab:cd-10:00"} {
		if h, err := parseHours(bad, "Europe/London"); err == nil {
			t.Errorf("%q is read as %+v", bad, h)
		}
	}
	if _, err := parseHours("Mon 09:00-10:00", ""); err == nil {
		t.Error("weekly hours in a country with several times are read")
	}
}

func FuzzHours(f *testing.F) {
	f.Add("Mon-Fri 09:00-12:30, Sat 22:00-02:00")
	f.Add("24/7")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseHours(text, "Asia/Tokyo")
		if err != nil {
			return
		}
		for _, s := range h.Weekly {
			if s.From < 0 || s.To <= s.From || s.To > 2*dayMinutes || s.Day < 0 || s.Day > 6 {
				t.Errorf("%q: %+v", text, s)
			}
		}
		h.OpenAt(time.Unix(1_800_000_000, 0))
		h.Stretches()
	})
}
