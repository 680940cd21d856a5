package bot

import (
	"fmt"
	"io"
	"log/slog"
)

// Private hides a text or an address everywhere outside the sealed record: it prints as "•••" with every verb, in
// every log handler and every encoding. Only channels, the turn, sealing and the desk call Reveal; a test lists the
// callers. The pointer is what keeps it out of unexported fields of something printed.
type Private struct{ s *string }

const hidden = "•••"

// Hide makes a Private of s.
func Hide(s string) Private {
	if s == "" {
		return Private{}
	}
	return Private{&s}
}

// Reveal gives the text back.
func (p Private) Reveal() string {
	if p.s == nil {
		return ""
	}
	return *p.s
}

// Empty reports whether there is nothing inside.
func (p Private) Empty() bool { return p.s == nil }

// Format prints "•••" for every verb.
func (p Private) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue logs "•••".
func (p Private) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText writes "•••"; there is no way back.
func (p Private) MarshalText() ([]byte, error) { return []byte(hidden), nil }
