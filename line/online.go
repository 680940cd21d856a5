package line

// Online says whether a staff member's desk was heard from within the last minute, on duty or not: while it was, an
// adviser who has not answered yet is not lost.
func (l *Line) Online(staffID string) bool {
	now := l.now()
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range l.sessions {
		if s.Staff == staffID && l.live(s, now) && now.Sub(l.lastHeard(s)) <= hearWithin {
			return true
		}
	}
	return false
}
