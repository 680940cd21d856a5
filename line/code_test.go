package line

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestCodesAreReadAsTheVectorsSay(t *testing.T) {
	b, err := os.ReadFile("testdata/codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for l := range strings.Lines(string(b)) {
		l = strings.TrimSuffix(l, "\n")
		if l == "" || l[0] == '#' {
			continue
		}
		typed, want, ok := strings.Cut(l, "\t")
		if !ok {
			t.Fatalf("a vector without a tab: %q", l)
		}
		n++
		got, err := ParseCode(typed)
		if want == "-" {
			if !errors.Is(err, ErrCode) || got != "" {
				t.Errorf("ParseCode(%q) = %q, %v; it is no code", typed, got, err)
			}
			continue
		}
		if err != nil || string(got) != want {
			t.Errorf("ParseCode(%q) = %q, %v; want %q", typed, got, err, want)
		}
		if country, ok := (*Line)(nil).Opens(got); !ok || country != want[:2] {
			t.Errorf("without line.db %s opens %q, %v", got, country, ok)
		}
	}
	if n < 70 {
		t.Fatalf("only %d vectors", n)
	}
	if _, ok := (*Line)(nil).Opens(""); ok {
		t.Error("without line.db no code at all opens a country")
	}
}

// One wrong character, and nearly every swap of two neighbours, must not open another country's page.
func TestOneSlipIsNoCode(t *testing.T) {
	code := []byte("GB7K2MZ")
	for i := range code {
		alphabet := crockford
		if i < 2 {
			alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		}
		for _, c := range []byte(alphabet) {
			slip := []byte(string(code))
			slip[i] = c
			if _, err := ParseCode(string(slip)); (err == nil) != (c == code[i]) {
				t.Errorf("%s: %v", slip, err)
			}
		}
	}
}

func TestNewCode(t *testing.T) {
	seen := map[Code]bool{}
	for range 2000 {
		c, err := NewCode(nil, "gb")
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{c.String(), c.Display(), strings.ToLower(c.Display())} {
			if back, err := ParseCode(typed); err != nil || back != c {
				t.Fatalf("ParseCode(%q) = %q, %v; want %q", typed, back, err, c)
			}
		}
		if c.Country() != "GB" {
			t.Fatalf("%s is of %q", c, c.Country())
		}
		seen[c] = true
	}
	if len(seen) < 1990 {
		t.Errorf("2000 random codes, only %d of them different", len(seen))
	}
	for _, country := range []string{"", "G", "GBR", "G1", "ÄÖ"} {
		if c, err := NewCode(nil, country); err == nil {
			t.Errorf("NewCode of %q gave %q", country, c)
		}
	}
	if _, err := NewCode(strings.NewReader("ab"), "GB"); err == nil {
		t.Error("a code was made of too little chance")
	}
	if got := Code("GB7K2MZ").Display(); got != "GB-7K2M-Z" {
		t.Error(got)
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"GB7K2MZ", "gb-7k2m-z", "", "-------", "GBOIL00", "\x00\xff", "GBGBGBGBGB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCode(s)
		if err != nil {
			if c != "" {
				t.Fatalf("an error and %q", c)
			}
			return
		}
		if back, err := ParseCode(c.Display()); err != nil || back != c {
			t.Fatalf("%q was read as %q, that as %q, %v", s, c, back, err)
		}
		if len(c) != 7 || !isCountry(c.Country()) || strings.ToUpper(string(c)) != string(c) {
			t.Fatalf("%q is no written form", c)
		}
	})
}
