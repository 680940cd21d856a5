package line

import (
	"sync"
	"time"
)

// Wrong tries at all names together: somebody who tries one password at many names meets no wait of a single name. So many at
// once, then one more every few seconds. Who shows a recovery code of the account, or a passkey, is not held up by strangers.
const (
	sprayBurst = 60
	sprayEvery = 5 * time.Second
)

// A spray counts wrong tries of this process at whatever name.
type spray struct {
	mu   sync.Mutex
	used int       // tries that count still
	last time.Time // when one was forgotten last
}

// take counts a try before anybody knows whether it is right. At most sprayBurst count at a time: then how long to wait.
func (s *spray) take(now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used == 0 || now.Before(s.last) { // the clock jumped back: nobody waits for it to come round again
		s.last = now
	}
	n := min(int(now.Sub(s.last)/sprayEvery), s.used)
	s.used, s.last = s.used-n, s.last.Add(time.Duration(n)*sprayEvery)
	if s.used >= sprayBurst {
		return Wait{s.last.Add(sprayEvery).Sub(now)}
	}
	if s.used == 0 {
		s.last = now
	}
	s.used++
	return nil
}

// give takes a try back that was right, or that was not tried.
func (s *spray) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = max(0, s.used-1)
}
