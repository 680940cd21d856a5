package directory

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/BurntSushi/toml"
)

func shipped(t testing.TB) *Directory {
	t.Helper()
	return load(t, nil)
}

// load loads the shipped files with an operator's.
func load(t testing.TB, content map[string]string) *Directory {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range content {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	d, err := Load(Data(), fsys)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// checkedAll is a review file that says that every row was tried.
func checkedAll(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	r := &reading{}
	for _, name := range []string{"helplines.csv", "emergency_numbers.csv"} {
		columns := serviceColumns
		if name != "helplines.csv" {
			columns = emergencyColumns
		}
		for _, w := range r.table(Data(), name, false, columns) {
			b.WriteString("[[checked]]\nid = \"" + w.get("id") + "\"\nby = \"adviser-1\"\non = 2026-01-31\nfile = \"" + name + "\"\n")
		}
	}
	if len(r.faults) > 0 {
		t.Fatal(r.faults)
	}
	return b.String()
}

// service finds a row that a person may see.
func service(d *Directory, id string) (Service, bool) {
	cc, _, _ := strings.Cut(id, "-")
	for _, s := range d.Services(cc, "", ShowUnchecked) {
		if s.ID == id {
			return s, true
		}
	}
	return Service{}, false
}

func ids(services []Service) []string {
	var out []string
	for _, s := range services {
		out = append(out, s.ID)
	}
	return out
}

func TestShippedDataLoads(t *testing.T) {
	d := shipped(t)
	if n := len(d.rows); n != 184 {
		t.Errorf("%d services, want 184", n)
	}
	if len(d.Notes()) != 0 {
		t.Errorf("notes on the shipped data: %v", d.Notes())
	}
	shownCountries, rights := 0, 0
	for _, cc := range d.Countries() {
		c, ok := d.Country(strings.ToLower(cc))
		if !ok || c.Code != cc || !ValidCountry(cc) {
			t.Errorf("Country(%q) = %q, %v", cc, c.Code, ok)
		}
		rights += len(c.Rights)
		if len(d.Services(cc, "", ShowUnchecked)) > 0 {
			shownCountries++
		}
	}
	if shownCountries != 109 {
		t.Errorf("%d countries have a line to show, want 109", shownCountries)
	}
	if rights != 79 {
		t.Errorf("%d rights, want the 82 rows without the 3 low ones", rights)
	}
	if len(d.Countries()) != 224 {
		t.Errorf("%d countries, want 224", len(d.Countries()))
	}
}

// TestNothingLowIsShown asks for everything in every way, also after an operator said that every row was tried.
func TestNothingLowIsShown(t *testing.T) {
	for name, d := range map[string]*Directory{"unchecked": shipped(t), "checked": load(t, map[string]string{"directory-review.toml": checkedAll(t)})} {
		seen := 0
		for _, cc := range d.Countries() {
			for _, need := range append([]string{"", "nonsense"}, Needs...) {
				for _, policy := range []Unchecked{ShowUnchecked, HideUnchecked} {
					for _, s := range d.Services(cc, need, policy) {
						seen++
						if s.Confidence == Low || slices.Contains(s.Audience, "professionals") || s.Country != cc {
							t.Errorf("%s: %s is shown for %s", name, s.ID, cc)
						}
						if policy == HideUnchecked && s.Checked == nil {
							t.Errorf("%s: %s is shown though unchecked rows are hidden", name, s.ID)
						}
					}
				}
			}
			c, _ := d.Country(cc)
			if c.HasEmergency() && c.Emergency.Confidence == Low {
				t.Errorf("%s: the emergency numbers of %s are low", name, cc)
			}
			for _, r := range c.Rights {
				if r.Confidence == Low {
					t.Errorf("%s: %s is low", name, r.ID)
				}
			}
			if s, ok := d.NotPolice(cc); ok && (s.Police() || s.Checked == nil || s.Confidence == Low) {
				t.Errorf("%s: %s is offered as a checked line without police", name, s.ID)
			}
		}
		for id, s := range d.rows {
			if _, ok := service(d, id); ok != (s.Confidence != Low && id != "se-other") {
				t.Errorf("%s: %s is found: %v", name, id, ok)
			}
		}
		if seen == 0 {
			t.Errorf("%s: nothing is shown at all", name)
		}
	}
	d := load(t, map[string]string{"directory-review.toml": checkedAll(t)})
	if n := d.Notes(); len(n) != 13+14+1 {
		t.Errorf("%d notes about checked rows that stay hidden, want one for each of 13 low lines, 14 low emergency rows and the line for professionals:\n%s", len(n), strings.Join(n, "\n"))
	}
}

func TestEmergencyNumbers(t *testing.T) {
	d := shipped(t)
	gb, _ := d.Country("GB")
	want := []Number{{"999", []NumberKind{General, Police, Ambulance, Fire}}, {"112", []NumberKind{General}}}
	if got := gb.Emergency.Numbers; len(got) != 2 || got[0].Digits != "999" || !slices.Equal(got[0].Kinds, want[0].Kinds) || got[1].Digits != "112" || !slices.Equal(got[1].Kinds, want[1].Kinds) {
		t.Errorf("GB: %v, want %v", got, want)
	}
	if got := d.AllEmergencyNumbers("ad"); !slices.Equal(got, []string{"112", "110", "118"}) {
		t.Errorf("AD: %v, want the general number, police, fire", got)
	}
	for _, cc := range []string{"GY", "HN", "PG", "ML", "ZZ", ""} {
		c, ok := d.Country(cc)
		if c.HasEmergency() || len(d.AllEmergencyNumbers(cc)) != 0 {
			t.Errorf("%q: a number is shown though none is confirmed", cc)
		}
		if ok == (cc == "ZZ" || cc == "") {
			t.Errorf("%q: known is %v", cc, ok)
		}
	}
	if got := d.TypedEmergencyNumbers("gb"); !slices.Equal(got, []string{"112", "999"}) {
		t.Errorf("GB typed: %v", got)
	}
	if got := d.TypedEmergencyNumbers("GY"); !slices.Contains(got, "911") {
		t.Errorf("GY typed: %v; a number of low confidence is recognised though it is not shown", got)
	}
	// The figures of the files themselves: every number of a row is there once.
	r := &reading{}
	for _, w := range r.table(Data(), "emergency_numbers.csv", false, emergencyColumns) {
		if w.get("confidence") == "low" {
			continue
		}
		all := map[string]bool{}
		for _, k := range []NumberKind{Police, Ambulance, Fire, General} {
			for _, n := range strings.Split(w.get(string(k)), "; ") {
				if n != "" {
					all[n] = true
				}
			}
		}
		got := d.AllEmergencyNumbers(w.get("country"))
		if len(got) != len(all) {
			t.Errorf("%s: shows %v, the file has %v", w.get("country"), got, all)
		}
	}
}

func TestServicesOrder(t *testing.T) {
	d := shipped(t)
	for cc, want := range map[string][]string{
		"GB": {"gb-trafficking-hotline", "gb-trafficking-hotline-2"},
		"IN": {"in-trafficking-hotline", "in-domestic-violence", "in-child-helpline", "in-emergency"},
		"SG": {"sg-labour", "sg-trafficking-hotline"}, // the police answer the latter
		"US": {"us-trafficking-hotline", "us-police"},
		"SE": {"se-domestic-violence", "se-police"},
		"CY": nil,
		"ZZ": nil,
	} {
		if got := ids(d.Services(cc, "", ShowUnchecked)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", cc, got, want)
		}
	}
	d = load(t, map[string]string{"directory-review.toml": "[[checked]]\nid = \"us-police\"\nby = \"adviser-1\"\non = 2026-01-31\n"})
	if got := ids(d.Services("US", "safety", ShowUnchecked)); !slices.Equal(got, []string{"us-police", "us-trafficking-hotline"}) {
		t.Errorf("US with a checked line: %v, want it first", got)
	}
	if got := ids(d.Services("US", "", HideUnchecked)); !slices.Equal(got, []string{"us-police"}) {
		t.Errorf("US with unchecked rows hidden: %v", got)
	}
	if s, ok := d.NotPolice("US"); ok {
		t.Errorf("%s is offered as a line without police", s.ID)
	}
	if _, ok := load(t, map[string]string{"directory-review.toml": checkedAll(t)}).NotPolice("GB"); !ok {
		t.Error("no checked line without police in GB")
	}
}

func TestServicesByNeed(t *testing.T) {
	d := shipped(t)
	if got := ids(d.Services("JP", "legal", ShowUnchecked)); !slices.Equal(got, []string{"jp-migrant", "jp-legal"}) {
		t.Errorf("JP legal: %v", got)
	}
	// No line of Japan serves education: all of them, rather than none.
	if got, all := d.Services("JP", "education", ShowUnchecked), d.Services("JP", "", ShowUnchecked); len(got) != 3 || len(got) != len(all) {
		t.Errorf("JP education: %v, want all of %v", ids(got), ids(all))
	}
	for _, kind := range kindOrder {
		if len(needsOf[kind]) == 0 {
			t.Errorf("the kind %s serves no need", kind)
		}
		for _, n := range needsOf[kind] {
			if !slices.Contains(Needs, n) {
				t.Errorf("the kind %s serves %q, which is no need", kind, n)
			}
		}
	}
	for _, cc := range d.Countries() {
		for _, need := range Needs {
			if len(d.Services(cc, need, ShowUnchecked)) == 0 && len(d.Services(cc, "", ShowUnchecked)) > 0 {
				t.Errorf("%s has lines but none for %s", cc, need)
			}
		}
	}
}

func TestWhoAnswers(t *testing.T) {
	d := shipped(t)
	for id, want := range map[string]Who{"gb-trafficking-hotline": WhoCharity, "us-police": WhoImmigration, "sg-trafficking-hotline": WhoPolice, "jp-migrant": WhoInternational, "ke-trafficking-hotline": WhoUnknown} {
		if s, _ := service(d, id); s.Who != want {
			t.Errorf("%s: %s, want %s", id, s.Who, want)
		}
	}
	if s, _ := service(d, "ie-police"); !s.Police() {
		t.Error("ie-police is a police line of which nobody can tell who answers: it must count as police")
	}
	s, _ := service(d, "id-domestic-violence")
	if !slices.Equal(s.Audience, []string{"women", "children"}) {
		t.Errorf("id-domestic-violence is for %v", s.Audience)
	}
	if s, _ := service(d, "fr-domestic-violence"); slices.Contains(s.Languages, "Creole") || !slices.Contains(s.Languages, "kab") {
		t.Errorf("fr-domestic-violence: %v; only codes are languages", s.Languages)
	}
}

// TestMessagesExist reads the English catalogue: every code that the directory hands out is worded there, every right
// in words without a figure that could be taken for a number to ring.
func TestMessagesExist(t *testing.T) {
	var english map[string]struct{ Other string }
	if _, err := toml.DecodeFile("../locales/en.toml", &english); err != nil {
		t.Fatal(err)
	}
	var want []string
	d := shipped(t)
	for _, cc := range d.Countries() {
		c, _ := d.Country(cc)
		for _, r := range c.Rights {
			want = append(want, r.MessageID())
		}
	}
	for _, w := range Whos {
		want = append(want, "who."+string(w))
	}
	for _, a := range Audiences[:len(Audiences)-1] { // professionals are never shown
		want = append(want, "audience."+a)
	}
	for _, k := range kindOrder {
		want = append(want, "kind."+k)
	}
	for _, n := range Needs {
		want = append(want, "need."+n)
	}
	want = append(want, "hours.always", "hours.unknown", "hours.week")
	for _, k := range []NumberKind{General, Police, Ambulance, Fire} {
		want = append(want, "emergency."+string(k))
	}
	for _, id := range want {
		if english[id].Other == "" {
			t.Errorf("the English catalogue has no %q", id)
		}
	}
	number, telling := regexp.MustCompile(`\d`), regexp.MustCompile(`(?i)\bvictim`)
	for id, m := range english {
		if !strings.HasPrefix(id, "right.") {
			continue
		}
		if !slices.Contains(want, id) {
			t.Errorf("%q words no right that is shown", id)
		}
		if number.MatchString(m.Other) || telling.MatchString(m.Other) {
			t.Errorf("%q holds a figure or the word victim: %s", id, m.Other)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	d := shipped(b)
	b.ReportAllocs()
	for b.Loop() {
		c, _ := d.Country("pt")
		_ = c.HasEmergency()
		if len(d.Services("pt", "legal", ShowUnchecked)) == 0 {
			b.Fatal("nothing")
		}
	}
}
