package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"quietline/line"
)

// A configKey is one key of quietline.toml with its manual.
type configKey struct {
	name  string // duties.name, shift.days, telegram.face.LANG.name
	need  bool
	part  bool   // of a table that may be left out whole
	value string // the default; empty: none
	say   string
}

// shiftSay is the manual of [[shift]], whose struct belongs to package line.
var shiftSay = map[string]string{
	"days":  `The days on which the shift starts: mon, tue, wed, thu, fri, sat, sun.`,
	"from":  `When it starts, 18:00.`,
	"to":    `When it ends, 02:00; before from it is the next day, 24:00 is the end of the day.`,
	"zone":  `The time zone of from and to, Europe/London.`,
	"langs": `The languages written in this shift: people who come outside of it are told.`,

	"channels":    `The channels answered in this shift: web, telegram, sms, whatsapp. Without it: all.`,
	"on_holidays": `true holds the shift on public holidays, too.`,
}

// closedSay is the manual of [[closed]], which belongs there too.
var closedSay = map[string]string{
	"day":      `One closed day, 2026-12-24, by the calendar of each shift's zone.`,
	"from":     `The first of several closed days, with to.`,
	"to":       `The last of them, at most a year after from.`,
	"holidays": `The public holidays of a country or region, closed every year: GB, ES, DE-BY. What a government gives once must be written as a day.`,
	"open":     `With holidays: those on which the shifts are held all the same, ["2026-12-26"].`,
}

// anyLanguage stands in a key's name where a language stands in the file.
const anyLanguage = "LANG"

// keys returns every key there is, in the order of the file.
func keys() []configKey {
	var out []configKey
	var walk func(t reflect.Type, prefix string, part bool)
	walk = func(t reflect.Type, prefix string, part bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, ok := f.Tag.Lookup("toml")
			if !ok {
				continue
			}
			k := configKey{prefix + name, f.Tag.Get("need") == "yes", part, f.Tag.Get("default"), f.Tag.Get("say")}
			switch t {
			case reflect.TypeFor[line.Shift]():
				k.say = shiftSay[name]
			case reflect.TypeFor[line.Closed]():
				k.say = closedSay[name]
			}
			out = append(out, k)
			switch f.Type.Kind() {
			case reflect.Struct:
				walk(f.Type, k.name+".", part)
			case reflect.Pointer, reflect.Slice:
				if f.Type.Elem().Kind() == reflect.Struct {
					walk(f.Type.Elem(), k.name+".", true)
				}
			case reflect.Map: // one table for each language
				if f.Type.Elem().Kind() == reflect.Struct {
					walk(f.Type.Elem(), k.name+"."+anyLanguage+".", true)
				}
			}
		}
	}
	walk(reflect.TypeFor[config](), "", false)
	return out
}

// defaults returns a config with every default in place.
func defaults() *config {
	c := new(config)
	setDefaults(reflect.ValueOf(c).Elem())
	return c
}

// setDefaults puts a table's defaults where nothing stands.
func setDefaults(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		d, ok := v.Type().Field(i).Tag.Lookup("default")
		if !ok || !f.IsZero() {
			continue
		}
		switch f.Kind() {
		case reflect.Int:
			var n int64
			for _, r := range d {
				n = n*10 + int64(r-'0')
			}
			f.SetInt(n)
		default:
			f.SetString(d)
		}
	}
}

// nearestKey returns the known key that is written most like name.
func nearestKey(name string) string {
	return nearest(name, func(yield func(string)) {
		for _, k := range keys() {
			yield(k.name)
		}
	})
}

// nearest returns the candidate with the least edits from name.
func nearest(name string, candidates func(func(string))) string {
	best, least := "", -1
	candidates(func(c string) {
		if d := edits(name, c); least < 0 || d < least {
			best, least = c, d
		}
	})
	return best
}

// edits is the Levenshtein distance in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// topmost leaves out keys that lie in a table which is itself unknown.
func topmost(unknown []toml.Key) []toml.Key {
	var out []toml.Key
	for _, k := range unknown {
		if !slices.ContainsFunc(out, func(o toml.Key) bool { return len(o) < len(k) && slices.Equal(o, k[:len(o)]) }) {
			out = append(out, k)
		}
	}
	return out
}

// lineFinder returns a function that tells on which line of a TOML text a key is first set, or 0. It reads only what
// quietline.toml needs: bare keys and table headers at the start of a line.
func lineFinder(text string) func(key toml.Key) int {
	first := map[string]int{}
	table := ""
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		name := ""
		if strings.HasPrefix(l, "[") {
			table = strings.TrimSpace(strings.Trim(strings.SplitN(l, "#", 2)[0], "[] \t\r"))
			name = table
		} else if key, _, ok := strings.Cut(l, "="); ok {
			name = strings.Trim(strings.TrimSpace(key), `"'`)
			if table != "" {
				name = table + "." + name
			}
		}
		if _, seen := first[name]; name != "" && !seen {
			first[name] = i + 1
		}
	}
	return func(key toml.Key) int { return first[strings.Join(key, ".")] }
}

// describe is one key's entry of the manual.
func (k configKey) describe() string {
	var b strings.Builder
	b.WriteString(k.name)
	switch {
	case k.need && k.part:
		b.WriteString("  (needed in its table)")
	case k.need:
		b.WriteString("  (needed)")
	case k.value != "":
		fmt.Fprintf(&b, "  (without it: %s)", k.value)
	}
	for _, l := range wrap(k.say, 72) {
		b.WriteString("\n    " + l)
	}
	return b.String()
}

// wrap breaks text at spaces into lines of at most width characters; a longer word stands alone.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(w)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
