package bot

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quietline/flows"
)

// What is packed is what is unpacked, but for separators in a value, which become spaces.
func TestSaidComesBack(t *testing.T) {
	word := rapid.StringMatching(`[a-zA-Z0-9 .:é\x1e\x1f]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) part {
			return part{Kind: rapid.SampledFrom([]string{"", partCard, partTap}).Draw(t, "kind"), ID: rapid.StringMatching(`[a-z.]{1,8}`).Draw(t, "id"),
				Args: rapid.SliceOfN(word, 0, 4).Draw(t, "args")}
		}), 1, 5).Draw(t, "parts")
		got := unpack(pack(parts))
		for i := range parts {
			for j, a := range parts[i].Args {
				parts[i].Args[j] = strings.NewReplacer("\x1e", " ", "\x1f", " ").Replace(a)
			}
		}
		if !reflect.DeepEqual(got, parts) {
			t.Fatalf("%q came back as %q", parts, got)
		}
	})
}

// A place in the book is sealed whole: every field of flows.State has its field here.
func TestPlaceComesBack(t *testing.T) {
	s := flows.State{Flow: "check", Step: "needs", Back: []flows.Place{{Flow: "check", Step: "who"}, {Flow: "check", Step: "danger"}}, Open: true,
		Page: 1, Loops: 7, Person: true, Carded: true, Known: true, Shut: true, Missed: true, Owed: true, Harm: true,
		Answers: flows.Answers{Who: "me", Danger: "no", Needs: []string{"legal", "papers"}, Share: "all", Keep: "14d",
			Trace: "number", Ready: "1", Sign: flows.Sign{Run: "w2", At: "now", Line: "2", Miss: "adviser"},
			Age: "child", Happening: []string{"debt"}, Flags: []string{"bleeding"}, Outcomes: []string{"housing=low"}, About: "bot"}}
	for _, v := range []reflect.Value{reflect.ValueOf(s), reflect.ValueOf(s.Answers), reflect.ValueOf(s.Answers.Sign)} {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s.%s is new: give it a field in place, and a value here", v.Type(), v.Type().Field(i).Name)
			}
		}
	}
	p := placeOf(s)
	if got := p.state(); !reflect.DeepEqual(got, s) {
		t.Fatalf("%+v came back as %+v", s, got)
	}
}
