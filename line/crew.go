package line

import "time"

// A Crew is what the alarms need to know of the rota as a whole: whether anybody is there, and since when and until when
// somebody was promised.
type Crew struct {
	Anyone bool      // somebody is on duty, as [Duty] has it
	Open   bool      // a shift is open, of whatever language
	From   time.Time // when the stretch of shifts that holds now began; zero: none is open, or the rota is always open
	To     time.Time // when it ends; zero as From
}

// Crew says who is there at now. Shifts that overlap or follow at once are one stretch.
func (l *Line) Crew(now time.Time) Crew {
	c := Crew{Anyone: l.Duty(now, "", "").Anyone}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.alwaysOn {
		c.Open = true
		return c
	}
	var from, to time.Time
	for _, s := range l.hours().around(now, "", "") { // in order of their start
		if s.from.After(now) && s.from.After(to) {
			break
		}
		if from.IsZero() || s.from.After(to) {
			from, to = s.from, s.to
		}
		if s.to.After(to) {
			to = s.to
		}
	}
	if !from.IsZero() && !now.Before(from) && now.Before(to) {
		c.Open, c.From, c.To = true, from, to
	}
	return c
}
