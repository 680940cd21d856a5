package line

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"quietline/store"
)

// A Placement is one printed batch put somewhere. Where it was put is not kept.
type Placement struct {
	Code    Code
	Country string    // two letters, upper case
	Kind    string    // a–z and hyphens, at most 24: poster, card, sticker
	Made    time.Time // the day, UTC
	Revoked bool      // its code no longer opens the country
}

// AddPlacement makes a placement with a random code that no other has. actor is as in Invite. Country is two letters, kind as in [Placement].
func (l *Line) AddPlacement(ctx context.Context, actor, country, kind string) (Placement, error) {
	if strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz-") != "" || len(kind) > 24 {
		return Placement{}, fmt.Errorf("a placement's kind is one word of small letters such as poster, not %q", kind)
	}
	for range 64 {
		code, err := NewCode(l.rand, country)
		if err != nil {
			return Placement{}, err
		}
		made := placementRecord{Code: code, Kind: kind, Made: day(l.now())}
		err = change(ctx, l, l.placementName(code), func(old *placementRecord) (*placementRecord, error) {
			if old != nil {
				return nil, errTaken
			}
			return &made, nil
		})
		if errors.Is(err, errTaken) {
			continue
		}
		if err != nil {
			return Placement{}, fmt.Errorf("adding a placement: %w", err)
		}
		return made.out(), l.Audit(ctx, Entry{Actor: actor, Act: ActPlace, Handle: string(code)})
	}
	return Placement{}, fmt.Errorf("adding a placement: 64 random codes of %s are all in use; revoked codes are never given out again", country)
}

// errTaken says that there is a record already. It stays inside the package.
var errTaken = errors.New("taken")

// Revoke takes a code back: from now on it opens the country choice. Revoking it again changes nothing.
func (l *Line) Revoke(ctx context.Context, actor string, code Code) error {
	again := true
	err := change(ctx, l, l.placementName(code), func(old *placementRecord) (*placementRecord, error) {
		if old == nil {
			return nil, fmt.Errorf("code %s: %w", code, ErrUnknown)
		}
		if !old.Revoked.IsZero() {
			return nil, errKeep
		}
		again = false
		old.Revoked = day(l.now())
		return old, nil
	})
	if err != nil {
		return fmt.Errorf("revoking a code: %w", err)
	}
	if again {
		return nil
	}
	return l.Audit(ctx, Entry{Actor: actor, Act: ActRevoke, Handle: string(code)})
}

// Placement returns the placement that has a code.
func (l *Line) Placement(code Code) (Placement, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	p, ok := l.places[code]
	if !ok {
		return Placement{}, false
	}
	return p.out(), true
}

// Placements returns all placements, the revoked ones too, by code.
func (l *Line) Placements() []Placement {
	return sortedFrom(l, l.places, (*placementRecord).out, func(a, b Placement) int { return cmp.Compare(a.Code, b.Code) })
}

// Opens returns the country that a code opens, two letters. Not ok, the page asks for the country: the line does not
// know the code, or took it back. A nil *Line, where line.db is not there, opens every code: its check character was
// right, or it would not be a Code.
func (l *Line) Opens(code Code) (country string, ok bool) {
	if l == nil {
		return code.Country(), code != ""
	}
	p, ok := l.Placement(code)
	if !ok || p.Revoked {
		return "", false
	}
	return p.Country, true
}

func (p *placementRecord) out() Placement {
	return Placement{Code: p.Code, Country: p.Code.Country(), Kind: p.Kind, Made: p.Made.UTC(), Revoked: !p.Revoked.IsZero()}
}

func (l *Line) placementName(c Code) store.Name {
	return store.NewName(l.secret, "placement", string(c))
}

// day is the day of t, in UTC.
func day(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
