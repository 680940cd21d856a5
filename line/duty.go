package line

import (
	"slices"
	"time"
)

// MaxHold is the longest that an unanswered handoff or an unread answer is kept for the next open shift (S10).
const MaxHold = 96 * time.Hour

// A Duty is what a person may truthfully be told about who is there (S4). On duty means: in the rota now, signed in,
// switched on, and heard from by the desk within 60 seconds.
type Duty struct {
	Open          bool      // a shift is held now for the language and channel asked for: by the rota alone, whoever is there
	OnDuty        bool      // somebody who can answer in the language asked for is on duty
	Anyone        bool      // somebody is on duty, whatever they write
	Child         bool      // somebody on duty who can answer in the language asked for is trained for children
	ChildBy       []string  // staff ids of those
	Languages     []string  // of all on duty, sorted; those who never said are in Anyone only
	Next          time.Time // when the next shift for that language and channel starts, after now, closed days left out; zero: not known
	NextLanguages []string  // of the shifts that start then, sorted; empty: not said
	ShiftEnd      time.Time // when the open shift for that language ends, or else the next one; at most now + MaxHold, which it is also when no rota says
}

// Duty says who is there at now for somebody who writes lang, a BCP 47 tag, on channel, one of Channels; "" asks for
// anybody and for any. An adviser serves a shift only in languages that both name; one who named none serves all of the
// shift, and a shift that names none all of the adviser. While a day is closed nobody is on duty, whoever is signed in.
func (l *Line) Duty(now time.Time, lang, channel string) Duty {
	l.mu.RLock()
	defer l.mu.RUnlock()
	d := l.planned(now, lang, channel)
	open := l.hours().around(now, "", channel)
	for _, s := range l.sessions {
		if !s.Duty || !l.live(s, now) || now.Sub(l.lastHeard(s)) > hearWithin {
			continue
		}
		who := l.staff[s.Staff]
		langs, in := l.inRota(who, open, now)
		if !in {
			continue
		}
		d.Anyone = true
		d.Languages = append(d.Languages, langs...)
		if lang == "" || len(langs) == 0 || slices.ContainsFunc(langs, func(t string) bool { return sameLanguage(t, lang) }) {
			d.OnDuty = true
			if who.Child {
				d.Child, d.ChildBy = true, append(d.ChildBy, s.Staff)
			}
		}
	}
	slices.Sort(d.Languages)
	d.Languages = slices.Compact(d.Languages)
	return d
}

// Planned is Duty by the rota alone, for any time: nobody is said to be there.
func (l *Line) Planned(at time.Time, lang, channel string) Duty {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.planned(at, lang, channel)
}

// planned is Planned. The caller holds l.mu.
func (l *Line) planned(at time.Time, lang, channel string) Duty {
	d := Duty{ShiftEnd: at.Add(MaxHold)}
	if l.alwaysOn {
		d.Open = true
		return d
	}
	d.tell(l.hours().around(at, lang, channel), at)
	return d
}

// tell fills in what the shifts that a person could be answered in promise at a time.
func (d *Duty) tell(shifts []span, at time.Time) {
	for _, s := range shifts {
		if !s.from.After(at) {
			d.Open = d.Open || at.Before(s.to)
			continue
		}
		if d.Next.IsZero() {
			d.Next = s.from
		}
		if !s.from.Equal(d.Next) {
			break // they are in order
		}
		d.NextLanguages = append(d.NextLanguages, s.langs...)
	}
	slices.Sort(d.NextLanguages)
	d.NextLanguages = slices.Compact(d.NextLanguages)
	if end := firstEnd(shifts, at); !end.IsZero() && end.Before(d.ShiftEnd) {
		d.ShiftEnd = end
	}
}

// hours are the rota with all that closes it. The caller holds l.mu.
func (l *Line) hours() timetable { return timetable{rotas: l.rotas, closed: l.closed, marks: l.marks} }

// DutyOf tells a desk about its own session: whether its switch is on, and whether the rota has a place for this
// adviser now. With on but not inRota nobody is told that somebody is there.
func (l *Line) DutyOf(t SessionToken) (on, inRota bool) {
	now := l.now()
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, ok := l.sessions[hashToken(string(t))]
	if !ok || !l.live(s, now) {
		return false, false
	}
	_, inRota = l.inRota(l.staff[s.Staff], l.hours().around(now, "", ""), now)
	return s.Duty, inRota
}

// inRota says whether the rota has a place for a staff member at now, and in which languages. The caller holds l.mu.
func (l *Line) inRota(who *staffRecord, shifts []span, now time.Time) (langs []string, in bool) {
	if !who.Role.onDuty() {
		return nil, false
	}
	if l.alwaysOn {
		return who.Langs, true
	}
	for _, s := range shifts {
		if s.from.After(now) || !now.Before(s.to) {
			continue
		}
		switch {
		case len(s.langs) == 0:
			langs, in = append(langs, who.Langs...), true
		case len(who.Langs) == 0:
			langs, in = append(langs, s.langs...), true
		default:
			for _, t := range who.Langs {
				if slices.ContainsFunc(s.langs, func(o string) bool { return sameLanguage(t, o) }) {
					langs, in = append(langs, t), true
				}
			}
		}
	}
	return langs, in
}

// firstEnd is when the stretch of shifts that holds now ends, or else the next stretch after now. Shifts that overlap
// or follow at once are one stretch. Zero: there is none.
func firstEnd(shifts []span, now time.Time) time.Time {
	var end time.Time
	for _, s := range shifts {
		switch {
		case !now.Before(s.to):
		case end.IsZero() || !s.from.After(end) && s.to.After(end):
			end = s.to
		}
	}
	return end
}

// Held says whether a shift that serves lang and channel ("": any) was held at any moment from from to to, as shifts and closed
// days stand now; a shift that was closed while it ran counts as not held. Without a rota it says true.
func (l *Line) Held(from, to time.Time, lang, channel string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.alwaysOn || len(l.rotas) == 0 {
		return true
	}
	return slices.ContainsFunc(l.hours().around(from, lang, channel), func(s span) bool { return s.from.Before(to) && s.to.After(from) })
}
