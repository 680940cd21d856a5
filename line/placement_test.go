package line

import (
	"errors"
	"testing"
)

func TestPlacementsOpenTheirCountryUntilRevoked(t *testing.T) {
	ctx, clock := t.Context(), monday()
	st := openStore(t, t.TempDir())
	l := openLine(t, st, Options{Now: clock.Now})
	other := openLine(t, st, Options{Now: clock.Now})
	var all []Placement
	for _, country := range []string{"GB", "vn", "ES"} {
		p, err := l.AddPlacement(ctx, "", country, "poster")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if vn := all[1]; vn.Country != "VN" || vn.Code.Country() != "VN" || vn.Kind != "poster" || vn.Revoked || vn.Made.Hour() != 0 {
		t.Errorf("%+v", vn)
	}
	if got := l.Placements(); len(got) != 3 || got[0].Code != all[2].Code {
		t.Errorf("%+v", got)
	}
	if country, ok := l.Opens(all[0].Code); !ok || country != "GB" {
		t.Errorf("a new code opens %q, %v", country, ok)
	}
	soon(t, "the code reaches the other process", func() bool { _, ok := other.Opens(all[0].Code); return ok })
	for range 2 {
		if err := l.Revoke(ctx, "", all[0].Code); err != nil {
			t.Fatal(err)
		}
	}
	if country, ok := l.Opens(all[0].Code); ok || country != "" {
		t.Errorf("a revoked code opens %q, %v", country, ok)
	}
	soon(t, "revoking reaches the other process", func() bool { _, ok := other.Opens(all[0].Code); return !ok })
	if p, ok := l.Placement(all[0].Code); !ok || !p.Revoked {
		t.Errorf("%+v, %v", p, ok)
	}
	unknown, err := ParseCode("GB7K2MZ")
	if err != nil {
		t.Fatal(err)
	}
	if country, ok := l.Opens(unknown); ok || country != "" {
		t.Errorf("a code that nobody made opens %q, %v", country, ok)
	}
	if err := l.Revoke(ctx, "", unknown); !errors.Is(err, ErrUnknown) {
		t.Errorf("revoking a code that nobody made: %v", err)
	}
	for _, odd := range [][2]string{{"GBR", "poster"}, {"", "poster"}, {"GB", "Under the bridge"}, {"GB", "a-very-long-kind-of-poster"}} {
		if p, err := l.AddPlacement(ctx, "", odd[0], odd[1]); err == nil {
			t.Errorf("%q gave %+v", odd, p)
		}
	}
	log, err := l.AuditLog(ctx)
	if err != nil || len(log) != 4 {
		t.Errorf("the audit has %d entries, %v; three were made and one revoked", len(log), err)
	}
}

// Chance gives the same digits again and again; no code is given out twice.
func TestACodeIsGivenOutOnce(t *testing.T) {
	l := openLine(t, openStore(t, t.TempDir()), Options{Now: monday().Now})
	seen := map[Code]bool{}
	l.rand = &stutter{}
	for range 25 {
		p, err := l.AddPlacement(t.Context(), "", "GB", "card")
		if err != nil {
			t.Fatal(err)
		}
		if seen[p.Code] {
			t.Fatalf("%s was given out twice", p.Code)
		}
		seen[p.Code] = true
	}
}

// A stutter reads as bytes that change only every few reads.
type stutter struct{ n int }

func (s *stutter) Read(b []byte) (int, error) {
	s.n++
	for i := range b {
		b[i] = byte(s.n/7 + 1)
	}
	return len(b), nil
}
