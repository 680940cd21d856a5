package directory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// files are the shipped files, to be broken one at a time.
func files(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"helplines.csv", "emergency_numbers.csv", "rights.csv", "who.csv", "hours.csv", "zones.csv", "card.csv"} {
		b, err := fs.ReadFile(Data(), name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: b}
	}
	return out
}

// header is the first line of directory.csv.
var header = strings.Join(serviceColumns, ",")

// extra is an operator's line that is right as it stands.
const extra = "gb-other-1,GB,other,Night shelter,,020 7946 0018,+442079460018,,,https://example.org,Mon-Fri 09:00-17:00,en; vi,yes,unknown,adults,Ask for the night team,https://example.org/contact,Contact,Ring us on 020 7946 0018,high,2026-01-31"

// TestSeededFaults breaks one thing and wants it named by file, line and field, with how to mend it.
func TestSeededFaults(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"kind", "helplines.csv", "ae-trafficking-hotline,AE,trafficking_hotline", "ae-trafficking-hotline,AE,traficking_hotline", `helplines.csv:2:kind: "traficking_hotline" is not one of trafficking_hotline,`},
		{"nearest", "helplines.csv", "ae-trafficking-hotline,AE,trafficking_hotline", "ae-trafficking-hotline,AE,traficking_hotline", `did you mean "trafficking_hotline"?`},
		{"country", "helplines.csv", "al-trafficking-hotline,AL,", "al-trafficking-hotline,Al,", `helplines.csv:3:country: "Al" is not an ISO 3166-1 code`},
		{"id of another country", "helplines.csv", "al-trafficking-hotline,AL,", "al-trafficking-hotline,AT,", `helplines.csv:3:id: "al-trafficking-hotline" does not begin with its country, at`},
		{"id form", "helplines.csv", "al-trafficking-hotline,AL,", "AL trafficking,AL,", `helplines.csv:3:id: "AL trafficking" is not an id like`},
		{"id twice", "helplines.csv", "ao-child-helpline,AO,", "al-trafficking-hotline,AL,", `helplines.csv:4:id: "al-trafficking-hotline" stands twice`},
		{"dialled number", "helplines.csv", "+4367761343434", "4 367761343434", `helplines.csv:6:phone_e164_or_short: "4 367761343434" is neither`},
		{"printed and dialled differ", "helplines.csv", "Línea 145,145,145,", "Línea 145,144,145,", `helplines.csv:5:phone: "144" and "145" differ`},
		{"quote without the number", "helplines.csv", "Contact the Safe House on 1300 473 560", "Contact the Safe House", `helplines.csv:7:source_says: does not hold the number's last digits, 3560`},
		{"quote too long", "helplines.csv", "Contact the Safe House on", strings.Repeat("word ", 23) + "on", `helplines.csv:7:source_says: has 27 words; quote at most 25`},
		{"sms", "helplines.csv", "+18883737888,233733,", "+18883737888,BEFREE,", `:sms: "BEFREE" is neither`},
		{"tri", "helplines.csv", "116006,,,,,,yes,yes,all,World", "116006,,,,,,yse,yes,all,World", `helplines.csv:3:free_of_charge: "yse" is not one of yes, no, unknown; did you mean "yes"?`},
		{"audience", "helplines.csv", "yes,yes,children,,https://masfamu", "yes,yes,kids,,https://masfamu", `helplines.csv:4:audience: "kids" is not one of all,`},
		{"audience empty", "helplines.csv", "yes,yes,children,,https://masfamu", "yes,yes,,,https://masfamu", `helplines.csv:4:audience: is empty; write all`},
		{"confidence", "helplines.csv", "15015, de uso gratuito, confidencial e anónimo\",high", "15015, de uso gratuito, confidencial e anónimo\",hgih", `helplines.csv:4:confidence: "hgih" is not one of high, medium, low; did you mean "high"?`},
		{"day", "helplines.csv", "800SAVE hotline by the National Committee for Combating Human Trafficking,high,2026-11-23", "800SAVE hotline by the National Committee for Combating Human Trafficking,high,23.11.2026", `helplines.csv:2:read_on: "23.11.2026" is not a day`},
		{"source", "helplines.csv", "https://beslaveryfree.com/thesigns,Know the signs (Be Slavery Free),Contact the Safe", "beslaveryfree.com/thesigns,Know the signs (Be Slavery Free),Contact the Safe", `helplines.csv:7:source_url: "beslaveryfree.com/thesigns" is not a web address`},
		{"site", "helplines.csv", ",https://ewaa.gov.ae,", ",javascript:alert(1),", `helplines.csv:2:url: "javascript:alert(1)" is not a web address`},
		{"space", "helplines.csv", ",800SAVE,", ", 800SAVE,", `helplines.csv:2:phone: has a space before or after`},
		{"bidi mark", "helplines.csv", ",800SAVE,", ",\u202e800SAVE,", `helplines.csv:2:phone: holds the invisible character U+202E`},
		{"control", "helplines.csv", ",National Helpline for", ",National\x07 Helpline for", `helplines.csv:3:name: holds the invisible character U+0007`},
		{"name empty", "helplines.csv", ",National Helpline for reporting trafficking,", ",,", `helplines.csv:3:name: is empty`},
		{"fields", "helplines.csv", "al-trafficking-hotline,AL,", "al-trafficking-hotline,", `helplines.csv:3: has 20 fields where the header has 21`},
		{"quotation mark", "helplines.csv", "al-trafficking-hotline,AL,", "al\"-trafficking-hotline,AL,", `helplines.csv:3: bare " in non-quoted-field; close or double`},
		{"unknown column", "helplines.csv", "id,country,kind,", "id,contry,kind,", `helplines.csv:1:contry: is no column; "contry" is not one of`},
		{"missing column", "helplines.csv", "id,country,kind,", "id,contry,kind,", `helplines.csv:1:country: is missing in the header`},
		{"order of columns", "helplines.csv", "id,country,kind,", "country,id,kind,", `helplines.csv:1:country: stands where id must`},
		{"one number twice", "helplines.csv", "\nbg-child-helpline,BG,child_helpline,", "\nbg-trafficking-hotline-2,BG,trafficking_hotline,National line,,0800 20 100,+35980020100,,,,,,yes,yes,all,,https://example.org,Page,Ring 0800 20 100,low,2026-01-31\nbg-child-helpline,BG,child_helpline,", `phone_e164_or_short: +35980020100 is already the number of "bg-trafficking-hotline"`},
		{"not UTF-8", "helplines.csv", "Línea 145,145", "L\xednea 145,145", `helplines.csv:5: is not UTF-8`},
		{"empty file", "rights.csv", "*", "", `rights.csv:1: has no header line`},
		{"emergency number", "emergency_numbers.csv", "ad-emergency,AD,110,", "ad-emergency,AD,1 10,", `emergency_numbers.csv:2:police: "1 10" is not a number of 2 to 6 digits`},
		{"no emergency number", "emergency_numbers.csv", "ad-emergency,AD,110,,118,112,", "ad-emergency,AD,,,118,,", `emergency_numbers.csv:2:police: and general are both empty`},
		{"country twice", "emergency_numbers.csv", "\nae-emergency,AE,", "\nad-emergency-2,AD,", `emergency_numbers.csv:3:country: AD has a line already`},
		{"topic", "rights.csv", "gb-national-law,GB,national_law,", "gb-national-law,GB,nationality_law,", `rights.csv:5:topic: "nationality_law" is not one of`},
		{"statement", "rights.csv", "includes a defence for victims.,", "includes a defence for victims,", `rights.csv:5:statement: does not end with a full stop`},
		{"who", "who.csv", "gb-labour,government,", "gb-labour,goverment,", `:who: "goverment" is not one of police, immigration, government, charity, union, international, unknown; did you mean "government"?`},
		{"who of no row", "who.csv", "gb-labour,", "gb-labor,", `:id: no row of helplines.csv has the id "gb-labor"`},
		{"row without who", "who.csv", "gb-labour,", "gb-labor,", `who.csv:id: has no line for "gb-labour"`},
		{"audience twice", "who.csv", "women; children", "women; women", `:audience: names "women" twice`},
		{"interpreters", "who.csv", "ae-trafficking-hotline,government,all,no", "ae-trafficking-hotline,government,all,maybe", `who.csv:2:interpreters: "maybe" is not one of yes, no`},
		{"hours", "hours.csv", "Mon-Sun 08:00-20:00", "Mon-Son 08:00-20:00", `:reads_as: "Mon-Son" is not a day or days`},
		{"hours twice", "hours.csv", "\n24/7,always", "\n24 hours,always", `:text: "24 hours" stands twice`},
		{"right of the card", "card.csv", "fi-non-punishment", "fi-non-punishments", `card.csv:2:right: no row of rights.csv has the id "fi-non-punishments"`},
		{"right of the card twice", "card.csv", "gy-non-punishment", "fi-non-punishment", `card.csv:3:right: no row of rights.csv has the id "fi-non-punishment", or it stands twice`},
		{"zone", "zones.csv", "Europe/Andorra", "Europe/Andora", `zones.csv:2:zone: "Europe/Andora" is not an IANA time zone`},
		{"directory.csv", "directory.csv", "*", header + "\n" + strings.Replace(extra, ",high,", ",hig,", 1), `directory.csv:2:confidence: "hig" is not one of high, medium, low; did you mean "high"?`},
		{"who in directory.csv", "directory.csv", "*", header + ",who\n" + extra + ",charty", `directory.csv:2:who: "charty" is not one of`},
		{"review id", "directory-review.toml", "*", "[[checked]]\nid = \"gb-labor\"\nby = \"adviser-1\"\non = 2026-01-31\n", `directory-review.toml:1:id: no row has the id "gb-labor"; did you mean "gb-labour"?`},
		{"review key", "directory-review.toml", "*", "[[checked]]\nid = \"gb-labour\"\nbye = \"adviser-1\"\non = 2026-01-31\n", `directory-review.toml:3:checked.bye: is no key here; "bye" is not one of checked, id, by, on, file; did you mean "by"?`},
		{"review table", "directory-review.toml", "*", "[[cheked]]\nid = \"gb-labour\"\n", `directory-review.toml:1:cheked: is no key here; "cheked" is not one of checked, id, by, on, file; did you mean "checked"?`},
		{"review without by", "directory-review.toml", "*", "\n[[checked]]\nid = \"gb-labour\"\non = 2026-01-31\n", `directory-review.toml:2:by: must say who checked`},
		{"review without on", "directory-review.toml", "*", "[[checked]]\nid = \"gb-labour\"\nby = \"adviser-1\"\n", `directory-review.toml:1:on: must be the day of the check`},
		{"review without id", "directory-review.toml", "*", "[[checked]]\nby = \"adviser-1\"\non = 2026-01-31\n", `directory-review.toml:1:id: is missing`},
		{"review day as text", "directory-review.toml", "*", "[[checked]]\nid = \"gb-labour\"\nby = \"adviser-1\"\non = \"31 January\"\n", `directory-review.toml`},
		{"review twice", "directory-review.toml", "*", strings.Repeat("[[checked]]\nid = \"gb-labour\"\nby = \"adviser-1\"\non = 2026-01-31\n", 2), `directory-review.toml:5:id: "gb-labour" stands twice`},
		{"review of two files", "directory-review.toml", "*", "[[checked]]\nid = \"in-emergency\"\nby = \"adviser-1\"\non = 2026-01-31\n", `directory-review.toml:1:id: "in-emergency" is a row of helplines.csv and of emergency_numbers.csv`},
		{"review file", "directory-review.toml", "*", "[[checked]]\nid = \"in-emergency\"\nby = \"adviser-1\"\non = 2026-01-31\nfile = \"helpline.csv\"\n", `directory-review.toml:1:file: "helpline.csv" is not one of helplines.csv, emergency_numbers.csv; did you mean "helplines.csv"?`},
		{"review not TOML", "directory-review.toml", "*", "[[checked]]\nid = gb-labour\n", `directory-review.toml:2:`},
	} {
		t.Run(c.name, func(t *testing.T) {
			shipped, content := files(t), fstest.MapFS{}
			if c.old == "*" {
				shipped[c.file], content[c.file] = &fstest.MapFile{Data: []byte(c.new)}, &fstest.MapFile{Data: []byte(c.new)}
			} else {
				text := string(shipped[c.file].Data)
				if strings.Count(text, c.old) == 0 {
					t.Fatalf("%s does not hold %q", c.file, c.old)
				}
				shipped[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
			}
			d, err := Load(shipped, content)
			var faults Faults
			if !errors.As(err, &faults) || d != nil {
				t.Fatalf("Load: %v", err)
			}
			if len(faults) > 4 {
				t.Errorf("one mistake makes %d faults", len(faults))
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the faults are\n%v\nwant %s", err, c.want)
			}
		})
	}
}

// TestAllFaultsAtOnce wants one run to name every mistake.
func TestAllFaultsAtOnce(t *testing.T) {
	shipped := files(t)
	for file, change := range map[string][2]string{"helplines.csv": {"ae-trafficking-hotline,AE", "ae-trafficking-hotline,A1"}, "rights.csv": {",high,2026-11-23", ",hi,2026"}, "zones.csv": {"Europe/Andorra", "Nowhere"}} {
		shipped[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(shipped[file].Data), change[0], change[1], 1))}
	}
	content := fstest.MapFS{"directory-review.toml": {Data: []byte("[[checked]]\nid = \"gb-nothing\"\nby = \"\"\n")}}
	_, err := Load(shipped, content)
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != 7 {
		t.Errorf("%d faults, want 7:\n%v", len(faults), err)
	}
}

func TestMissingFiles(t *testing.T) {
	for name := range files(t) {
		shipped := files(t)
		delete(shipped, name)
		if _, err := Load(shipped, nil); err == nil || !strings.Contains(err.Error(), name+": cannot be opened") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	big := fstest.MapFS{"directory.csv": {Data: []byte(strings.Repeat("x", maxFile+1))}}
	if _, err := Load(Data(), big); err == nil || !strings.Contains(err.Error(), "directory.csv: is larger than") {
		t.Errorf("a file over the limit: %v", err)
	}
	// A real folder: a file that cannot be read says so without the path.
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "directory.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(Data(), os.DirFS(dir)); err == nil || strings.Contains(err.Error(), dir) {
		t.Errorf("a folder in the place of a file: %v", err)
	}
	if _, err := Load(Data(), os.DirFS(t.TempDir())); err != nil {
		t.Errorf("an empty content folder: %v", err)
	}
}

// TestOperatorOverrides adds a line, replaces a shipped one and one of low confidence, and gives numbers to a country
// that has none.
func TestOperatorOverrides(t *testing.T) {
	csv := "\ufeff" + strings.Join([]string{header + ",who",
		extra + ",charity",
		"gb-trafficking-hotline,GB,trafficking_hotline,Modern line,,08000 121 701,+448000121701,,,,24/7,,yes,yes,all,,https://example.org,Page,Ring 08000 121 701,high,2026-01-31,",
		"gb-labour,GB,labour,Labour line,,0800 432 0804,+448004320804,,,,Mornings,,yes,yes,workers,,https://example.org,Page,Ring 0800 432 0804,high,2026-01-31,",
		"hn-emergency,HN,emergency,National emergency line,,911,911,,,,24/7,,yes,unknown,all,,https://example.org,Page,Ring 911,medium,2026-01-31,government",
		"us-other-1,US,police,County office,,202-555-0143,+12025550143,,,,Mon-Fri 09:00-17:00,,yes,unknown,all,,https://example.org,Page,Ring 202-555-0143,medium,2026-01-31,",
	}, "\r\n")
	review := "[[checked]]\nid = \"gb-other-1\"\nby = \"adviser-1\"\non = 2026-01-31\n"
	d := load(t, map[string]string{"directory.csv": csv, "directory-review.toml": review})

	if got := ids(d.Services("GB", "", ShowUnchecked)); !slices.Equal(got, []string{"gb-other-1", "gb-trafficking-hotline", "gb-trafficking-hotline-2", "gb-labour"}) {
		t.Errorf("GB: %v", got)
	}
	s, _ := service(d, "gb-other-1")
	if s.Who != WhoCharity || s.Checked == nil || s.Checked.By != "adviser-1" || s.Checked.On.Format("2006-01-02") != "2026-01-31" || !slices.Equal(s.Languages, []string{"en", "vi"}) || s.Hours.Zone != "Europe/London" {
		t.Errorf("the operator's line: %+v", s)
	}
	s, _ = service(d, "gb-trafficking-hotline")
	if s.Dial != "+448000121701" || s.Who != WhoCharity || !s.Hours.Always {
		t.Errorf("the replaced line: %s, %s, %+v; who answers stays when it is left empty", s.Dial, s.Who, s.Hours)
	}
	if s, _ := service(d, "us-other-1"); s.Who != WhoPolice || s.Hours.Known {
		t.Errorf("a police line without who: %s, %+v", s.Who, s.Hours)
	}
	hn, _ := d.Country("HN")
	if !hn.HasEmergency() || hn.Emergency.Numbers[0].Digits != "911" || hn.Emergency.Source.Title != "Page" || !slices.Contains(d.TypedEmergencyNumbers("HN"), "911") {
		t.Errorf("HN: %+v", hn.Emergency)
	}
	want := []string{
		`directory.csv:4:hours: shown as not known: "Mornings" is not like Mon-Fri 09:00-17:00`,
		`directory.csv:6:hours: shown as not known: the country has several official times, so "Mon-Fri 09:00-17:00" does not say when`,
	}
	if !slices.Equal(d.Notes(), want) {
		t.Errorf("notes:\n%s\nwant\n%s", strings.Join(d.Notes(), "\n"), strings.Join(want, "\n"))
	}
}

// TestChecksStayInTheirFile checks one of two rows with the same id.
func TestChecksStayInTheirFile(t *testing.T) {
	review := "[[checked]]\nid = \"in-emergency\"\nby = \"adviser-1\"\non = 2026-01-31\nfile = \"emergency_numbers.csv\"\n"
	d := load(t, map[string]string{"directory-review.toml": review})
	in, _ := d.Country("IN")
	if s, _ := service(d, "in-emergency"); in.Emergency.Checked == nil || s.Checked != nil {
		t.Errorf("the emergency row %v, the line %v", in.Emergency.Checked, s.Checked)
	}
}

func FuzzTables(f *testing.F) {
	f.Add(header + "\n" + extra)
	f.Add(header + ",who\n" + extra + ",charity")
	f.Add("\"")
	f.Add("id,id\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Load(Data(), fstest.MapFS{"directory.csv": {Data: []byte(text)}})
		if err == nil {
			for _, cc := range d.Countries() {
				for _, s := range d.Services(cc, "", ShowUnchecked) {
					if s.Confidence == Low || !dialable.MatchString(s.Dial) || s.Name == "" || len(s.Needs) == 0 || !slices.Contains(Whos, s.Who) {
						t.Errorf("%+v", s)
					}
				}
			}
			return
		}
		for _, fault := range err.(Faults) {
			if fault.File != "directory.csv" || fault.Problem == "" {
				t.Errorf("%v", fault)
			}
		}
	})
}

func FuzzReview(f *testing.F) {
	f.Add("[[checked]]\nid = \"gb-labour\"\nby = \"adviser-1\"\non = 2026-01-31\n")
	f.Add("checked = 1")
	f.Add("[checked]\non = 10:00:00")
	f.Add("x.y = [1, {a = 2}]")
	f.Fuzz(func(t *testing.T, text string) {
		r := &reading{}
		checks := checkable{}
		var slots [3]*Check
		checks["helplines.csv"] = map[string]**Check{"gb-labour": &slots[0], "in-emergency": &slots[1]}
		checks["emergency_numbers.csv"] = map[string]**Check{"in-emergency": &slots[2]}
		r.review("directory-review.toml", []byte(text), checks)
		for _, c := range slots {
			if c != nil && len(r.faults) == 0 && (c.By == "" || c.On.Year() < 2000) {
				t.Errorf("%+v", c)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Data(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
