package directory

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// operatorRights is an operator's rights.csv.
func operatorRights(lines ...string) map[string]string {
	return map[string]string{"rights.csv": strings.Join(append([]string{strings.Join(rightColumns, ",")}, lines...), "\n") + "\n"}
}

// The shipped files say nothing of silent calls and name no crisis line: nobody has a source for one yet.
func TestNothingIsShippedOfSilentCalls(t *testing.T) {
	d := shipped(t)
	for _, cc := range d.Countries() {
		if c, _ := d.Country(cc); len(c.Silent) > 0 {
			t.Errorf("%s has a silent call", cc)
		}
		for _, s := range d.Services(cc, "", ShowUnchecked) {
			if s.Kind == crisisLine {
				t.Errorf("%s is a crisis line", s.ID)
			}
		}
	}
}

// An operator's rights.csv adds rows, and replaces those of an id. How to call without speaking is no right.
func TestOperatorRights(t *testing.T) {
	d := load(t, operatorRights(
		"gb-silent-call,GB,silent_call,Stay on the line and press two keys when asked.,https://example.org/silent,Page,high,2026-01-31",
		"gb-silent-call-2,GB,silent_call,Cough.,https://example.org/silent,Page,low,2026-01-31",
		"gb-national-law,GB,national_law,Another sentence.,https://example.org/law,Page,medium,2026-01-31",
	))
	gb, _ := d.Country("GB")
	if len(gb.Silent) != 1 || gb.Silent[0].ID != "gb-silent-call" || gb.Silent[0].Source.URLs[0] != "https://example.org/silent" {
		t.Errorf("silent calls: %+v", gb.Silent)
	}
	before, _ := shipped(t).Country("GB")
	if len(gb.Rights) != len(before.Rights) {
		t.Errorf("%d rights, were %d", len(gb.Rights), len(before.Rights))
	}
	if i := slices.IndexFunc(gb.Rights, func(r Right) bool { return r.ID == "gb-national-law" }); i < 0 || gb.Rights[i].Statement != "Another sentence." {
		t.Errorf("not replaced: %+v", gb.Rights)
	}
	for line, want := range map[string]string{
		"gb-silent-call,GB,silent_cal,Stay on the line.,https://example.org,Page,high,2026-01-31": `rights.csv:2:topic: "silent_cal" is not one of silent_call, `,
		"gb-silent-call,GB,silent_call,Stay on the line.,example.org,Page,high,2026-01-31":        `rights.csv:2:source_url: "example.org" is not a web address`,
	} {
		content := fstest.MapFS{"rights.csv": {Data: []byte(operatorRights(line)["rights.csv"])}}
		_, err := Load(Data(), content)
		if faults := (Faults)(nil); !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Of the lines for care crisis lines come first, also before lines that were tried; elsewhere they stand in their place.
func TestCrisisLinesComeFirstForCare(t *testing.T) {
	row := func(id, kind, phone string) string {
		return "gb-" + id + ",GB," + kind + ",Line " + phone + ",,020 7946 00" + phone + ",+4420794600" + phone + ",,,,24/7,en,yes,yes,all,,https://example.org,Page,Ring 020 7946 00" + phone + ",high,2026-01-31"
	}
	d := load(t, map[string]string{
		"directory.csv":         strings.Join([]string{header, row("health", "health", "10"), row("crisis", crisisLine, "11"), row("crisis-2", crisisLine, "12")}, "\n"),
		"directory-review.toml": "[[checked]]\nid = \"gb-health\"\nby = \"adviser-1\"\non = 2026-01-31\n\n[[checked]]\nid = \"gb-crisis-2\"\nby = \"adviser-1\"\non = 2026-01-31\n",
	})
	if got := ids(d.Services("GB", "care", ShowUnchecked)); !slices.Equal(got[:3], []string{"gb-crisis-2", "gb-crisis", "gb-health"}) || len(got) < 5 {
		t.Errorf("for care: %v", got)
	}
	if got := ids(d.Services("GB", "care", HideUnchecked)); !slices.Equal(got, []string{"gb-crisis-2", "gb-health"}) {
		t.Errorf("for care, tried ones only: %v", got)
	}
	if got := ids(d.Services("GB", "medical", ShowUnchecked)); slices.Contains(got, "gb-crisis") {
		t.Errorf("for a doctor: %v", got)
	}
	if got := ids(d.Services("GB", "", ShowUnchecked)); slices.Index(got, "gb-crisis") < 2 {
		t.Errorf("all: %v", got)
	}
}
