package line

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var weekday = []string{"mon", "tue", "wed", "thu", "fri"}

func TestS4_OnDutyMeansRotaSignedInSwitchedOnAndHeardFrom(t *testing.T) {
	ctx, clock := t.Context(), monday()
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: clock.Now, Shifts: []Shift{
		{Days: weekday, From: "09:00", To: "17:00", Zone: "Europe/London", Langs: []string{"en", "ar"}},
		{Days: weekday, From: "17:00", To: "02:00", Zone: "Europe/London", Langs: []string{"es"}},
	}})
	duty := func(lang string) Duty { return l.Duty(clock.Now(), lang, "") }
	if d := duty(""); d.OnDuty || d.Anyone || d.Languages != nil {
		t.Fatalf("with nobody there: %+v", d)
	}
	id, s := linked(t, l, "adviser-1", Adviser, "en-GB", "es")
	if !l.Online(id) {
		t.Error("signed in, and not online")
	}
	if d := duty("en"); d.OnDuty || d.Anyone {
		t.Errorf("signed in, not on duty: %+v", d)
	}
	if on, in := l.DutyOf(s); on || !in {
		t.Errorf("off duty within the hours: %v, %v", on, in)
	}
	if err := l.GoOnDuty(ctx, s); err != nil {
		t.Fatal(err)
	}
	if on, in := l.DutyOf(s); !on || !in {
		t.Errorf("on duty within the hours: %v, %v", on, in)
	}
	if d := duty("en"); !d.OnDuty || !d.Anyone || !slices.Equal(d.Languages, []string{"en-GB"}) {
		t.Errorf("on duty: %+v", d)
	}
	if d := duty("es"); d.OnDuty || !d.Anyone {
		t.Errorf("the open shift promises no Spanish: %+v", d)
	}
	if d := duty("ar"); d.OnDuty || !d.Anyone {
		t.Errorf("nobody there can answer in Arabic: %+v", d)
	}
	if d := duty(""); !d.OnDuty {
		t.Errorf("for anybody: %+v", d)
	}

	clock.Move(time.Minute)
	if !duty("en").OnDuty || !l.Online(id) {
		t.Error("heard from 60 seconds ago: on duty")
	}
	clock.Move(time.Second)
	if l.Online(id) || l.Online("nobody") {
		t.Error("not heard from for 61 seconds, and online")
	}
	if d := duty("en"); d.OnDuty || d.Anyone {
		t.Errorf("not heard from for 61 seconds: %+v", d)
	}
	l.Beat(s)
	if !duty("en").OnDuty {
		t.Error("heard from again: on duty")
	}
	if err := l.GoOffDuty(ctx, s); err != nil {
		t.Fatal(err)
	}
	if duty("en").Anyone {
		t.Error("switched off, and still on duty")
	}
	if err := l.GoOnDuty(ctx, s); err != nil {
		t.Fatal(err)
	}

	// From 17:00 the rota asks for Spanish, which this adviser has, too.
	before := time.Date(2026, 7, 6, 15, 59, 30, 0, time.UTC)
	for clock.Now().Before(before) {
		clock.Move(min(10*time.Second, before.Sub(clock.Now())))
		l.Beat(s)
	}
	if d := duty("es"); d.OnDuty || !d.Next.Equal(time.Date(2026, 7, 6, 16, 0, 0, 0, time.UTC)) || !slices.Equal(d.NextLanguages, []string{"es"}) {
		t.Errorf("half a minute before the Spanish shift: %+v", d)
	}
	clock.Move(30 * time.Second)
	if d := duty("es"); !d.OnDuty || !d.ShiftEnd.Equal(time.Date(2026, 7, 7, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("in the Spanish shift: %+v", d)
	}
	if d := duty("en"); d.OnDuty {
		t.Errorf("English is promised no longer: %+v", d)
	}
	if err := l.SetShifts([]Shift{{}}); err == nil || !duty("es").OnDuty {
		t.Errorf("a wrong rota took the place of the right one: %v", err)
	}
	if err := l.SetShifts(nil); err != nil {
		t.Fatal(err)
	}
	if d := duty("es"); d.Anyone || !d.Next.IsZero() || !d.ShiftEnd.Equal(clock.Now().Add(MaxHold)) {
		t.Errorf("with no rota the line is closed: %+v", d)
	}
}

func TestS4_NobodyIsPromisedByAnOutreachWorkerOrOperator(t *testing.T) {
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: monday().Now, AlwaysOn: true})
	for name, role := range map[string]Role{"outreach-1": Outreach, "operator-1": Operator} {
		_, s := linked(t, l, name, role, "en")
		if err := l.GoOnDuty(t.Context(), s); err == nil {
			t.Errorf("%s went on duty", role)
		}
	}
	id, s := linked(t, l, "lead-1", Lead)
	if err := l.GoOnDuty(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if d := l.Duty(l.now(), "vi", ""); !d.OnDuty || d.Languages != nil || !d.ShiftEnd.Equal(l.now().Add(MaxHold)) {
		t.Errorf("a lead who named no language: %+v", d)
	}
	if err := l.ChangeStaff(t.Context(), "", id, func(s *Staff) { s.Role = Outreach }); err != nil {
		t.Fatal(err)
	}
	if l.Duty(l.now(), "", "").Anyone {
		t.Error("an outreach worker now, and still on duty")
	}
}

// Minute by minute across both clock changes, the next start and the end of the open stretch are those that a clock on
// the wall shows.
func TestS4_NextShiftAndItsEndMinuteByMinute(t *testing.T) {
	const zone = "Europe/London"
	shifts := []Shift{
		{Days: []string{"sat", "sun", "mon"}, From: "18:00", To: "02:00", Zone: zone, Langs: []string{"en"}},
		{Days: []string{"sun"}, From: "01:30", To: "02:30", Zone: zone, Langs: []string{"ar"}},
		{Days: []string{"sun", "tue"}, From: "02:00", To: "05:00", Zone: zone, Langs: []string{"en", "ar"}},
		{Days: []string{"wed"}, From: "00:00", To: "24:00", Zone: zone},
	}
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: monday().Now, Shifts: shifts})
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	const lead, minutes, ahead = 2 * 24 * 60, 3 * 24 * 60, 5 * 24 * 60
	for _, first := range []time.Time{time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)} {
		clock := readings(loc, first.Add(-lead*time.Minute), lead+minutes+ahead)
		for _, lang := range []string{"", "en", "ar", "vi"} {
			open, began := make([]bool, minutes+ahead), make([][]string, minutes+ahead)
			starts := make([]bool, minutes+ahead)
			for _, s := range shifts {
				if lang != "" && s.Langs != nil && !slices.Contains(s.Langs, lang) {
					continue
				}
				sweep(s, clock, lead, func(m int, o, b bool) {
					open[m] = open[m] || o
					if b {
						starts[m] = true
						began[m] = append(began[m], s.Langs...)
					}
				})
			}
			wrong := 0
			for m := 0; m < minutes && wrong < 3; m++ {
				now := first.Add(time.Duration(m) * time.Minute)
				d := l.Duty(now, lang, "")
				next := m + 1
				for !starts[next] {
					next++
				}
				end := m
				for !open[end] {
					end++
				}
				for end < m+96*60 && open[end] {
					end++
				}
				langs := slices.Compact(slices.Sorted(slices.Values(began[next])))
				if want := first.Add(time.Duration(next) * time.Minute); !d.Next.Equal(want) || !slices.Equal(d.NextLanguages, langs) {
					wrong++
					t.Errorf("%q at %s: the next starts %s in %q, want %s in %q", lang, now.In(loc), d.Next.In(loc), d.NextLanguages, want.In(loc), langs)
				}
				if want := first.Add(time.Duration(min(end, m+96*60)) * time.Minute); !d.ShiftEnd.Equal(want) {
					wrong++
					t.Errorf("%q at %s: it ends %s, want %s", lang, now.In(loc), d.ShiftEnd.In(loc), want.In(loc))
				}
			}
		}
	}
}

// Whatever staff do, in whatever order, at whatever minute: Duty says what a plain list of facts says.
func TestS4_DutyWhateverStaffDo(t *testing.T) {
	ctx, clock, st := t.Context(), monday(), openStore(t, t.TempDir())
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	shifts := []Shift{{Days: weekdays, From: "09:00", To: "11:00", Zone: "Europe/London", Langs: []string{"en", "es"}}}
	l := openLine(t, st, Options{Now: clock.Now, Shifts: shifts})
	type desk struct {
		who          string
		token        SessionToken
		began, heard time.Time
		duty, out    bool
	}
	langs := map[string][]string{"adviser-1": {"en"}, "adviser-2": {"es", "ar"}, "adviser-3": {"vi"}, "lead-1": nil}
	rapid.Check(t, func(t *rapid.T) {
		ids, disabled, invited := map[string]string{}, map[string]bool{}, clock.Now()
		for name := range langs {
			if old, ok := l.StaffByName(name); ok && !old.Disabled {
				if err := l.ChangeStaff(ctx, "", old.ID, func(s *Staff) { s.Disabled = true }); err != nil {
					t.Fatal(err)
				}
			}
			id, _, err := l.Invite(ctx, "", name, Adviser, langs[name])
			if err != nil {
				t.Fatal(err)
			}
			ids[name] = id
		}
		var desks []*desk
		some := func(t *rapid.T) *desk {
			if len(desks) == 0 {
				return &desk{out: true} // nobody was ever there
			}
			return rapid.SampledFrom(desks).Draw(t, "desk")
		}
		alive := func(d *desk) bool {
			now := clock.Now()
			return !d.out && !disabled[d.who] && now.Sub(d.began) < 12*time.Hour && now.Sub(d.heard) < 30*time.Minute
		}
		t.Repeat(map[string]func(*rapid.T){
			"sign in": func(t *rapid.T) {
				name := rapid.SampledFrom(slices.Sorted(maps.Keys(langs))).Draw(t, "who")
				link, err := l.OneTimeLink(ctx, ids[name])
				if disabled[name] {
					if err == nil {
						t.Fatal("a link for somebody who is disabled")
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				token, err := l.Redeem(ctx, link)
				if err != nil {
					t.Fatal(err)
				}
				desks = append(desks, &desk{who: name, token: token, began: clock.Now(), heard: clock.Now()})
			},
			"sign out": func(t *rapid.T) {
				d := some(t)
				d.out = true
				if err := l.SignOut(ctx, d.token); err != nil {
					t.Fatal(err)
				}
			},
			"disable": func(t *rapid.T) {
				name := rapid.SampledFrom(slices.Sorted(maps.Keys(langs))).Draw(t, "who")
				disabled[name] = true
				if err := l.ChangeStaff(ctx, "", ids[name], func(s *Staff) { s.Disabled = true }); err != nil {
					t.Fatal(err)
				}
			},
			"beat": func(t *rapid.T) {
				d := some(t)
				if got := l.Beat(d.token); got != alive(d) {
					t.Fatalf("the desk is alive: %v, want %v", got, alive(d))
				}
				if alive(d) {
					d.heard = clock.Now()
				}
			},
			"duty": func(t *rapid.T) {
				d := some(t)
				on := rapid.Bool().Draw(t, "on")
				do := l.GoOffDuty
				if on {
					do = l.GoOnDuty
				}
				if err := do(ctx, d.token); (err == nil) != alive(d) {
					t.Fatalf("%v, but alive is %v", err, alive(d))
				}
				if alive(d) {
					d.heard, d.duty = clock.Now(), on
				}
			},
			"wait": func(t *rapid.T) {
				clock.Move(time.Duration(rapid.SampledFrom([]int{1, 20, 59, 60, 61, 600, 1799, 1801, 3600, 11 * 3600}).Draw(t, "seconds")) * time.Second)
			},
			"tidy": func(t *rapid.T) {
				if err := l.tidy(ctx); err != nil {
					t.Fatal(err)
				}
				if clock.Now().Sub(invited) >= inviteFor { // nobody has enrolled
					for name := range langs {
						disabled[name] = true
					}
				}
			},
			"": func(t *rapid.T) {
				now := clock.Now()
				hour := now.In(london).Hour()
				inHours := hour == 9 || hour == 10
				want, anyone := map[string]bool{}, false
				for _, d := range desks {
					if !inHours || !d.duty || !alive(d) || now.Sub(d.heard) > time.Minute {
						continue
					}
					switch d.who {
					case "adviser-1":
						want["en"], anyone = true, true
					case "adviser-2":
						want["es"], anyone = true, true
					case "lead-1":
						want["en"], want["es"], anyone = true, true, true
					}
				}
				for _, lang := range []string{"en", "es", "ar", "vi", ""} {
					got := l.Duty(now, lang, "")
					on := want[lang]
					if lang == "" {
						on = anyone
					}
					if got.OnDuty != on || got.Anyone != anyone || !slices.Equal(got.Languages, slices.Sorted(maps.Keys(want))) {
						t.Fatalf("%s, %q: %+v, want %v of %v", now, lang, got, on, want)
					}
				}
			},
		})
	})
}
