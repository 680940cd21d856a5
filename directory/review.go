package directory

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// maxBy is the longest name of a checker, in characters. It is a pseudonym or a role.
const maxBy = 64

// reviewKeys are the keys of directory-review.toml.
var reviewKeys = []string{"checked", "id", "by", "on"}

// review reads directory-review.toml and marks the rows that it names; ids are all that may be named.
func (r *reading) review(name string, b []byte, checks map[string]**Check) {
	var file struct {
		Checked []struct {
			ID string    `toml:"id"`
			By string    `toml:"by"`
			On time.Time `toml:"on"`
		} `toml:"checked"`
	}
	md, err := toml.Decode(string(b), &file)
	if err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			r.bad(name, pe.Position.Line, pe.LastKey, "%s", strings.TrimSuffix(pe.Message, "."))
		} else {
			r.bad(name, 0, "", "%s; write each check as [[checked]] with id, by and on", strings.TrimPrefix(err.Error(), "toml: "))
		}
		return
	}
	for _, k := range md.Undecoded() {
		last := k[len(k)-1]
		r.bad(name, keyLine(b, last), k.String(), "is no key here; %s", oneOf(last, reviewKeys))
	}
	lines := headerLines(b)
	ids := make([]string, 0, len(checks))
	for id := range checks {
		ids = append(ids, id)
	}
	for i, c := range file.Checked {
		line := 0
		if i < len(lines) {
			line = lines[i]
		}
		at, known := checks[c.ID]
		switch {
		case c.ID == "":
			r.bad(name, line, "id", "is missing; name a row of the directory")
		case !known:
			msg := "no row has the id %q"
			if n := nearest(c.ID, ids); n != "" {
				r.bad(name, line, "id", msg+"; did you mean %q?", c.ID, n)
			} else {
				r.bad(name, line, "id", msg, c.ID)
			}
		case *at != nil:
			r.bad(name, line, "id", "%q stands twice; keep the last check", c.ID)
		}
		by := strings.TrimSpace(c.By)
		if by == "" || utf8.RuneCountInString(by) > maxBy {
			r.bad(name, line, "by", "must say who checked, a role or a pseudonym of 1 to %d characters", maxBy)
		}
		day := time.Date(c.On.Year(), c.On.Month(), c.On.Day(), 0, 0, 0, 0, time.UTC)
		if hour, minute, second := c.On.Clock(); c.On.Year() < 2000 || hour+minute+second != 0 {
			r.bad(name, line, "on", "must be the day of the check, like 2026-01-31 without quotation marks")
		}
		if known {
			*at = &Check{By: by, On: day}
		}
	}
}

// headerLines returns the line of each [[checked]].
func headerLines(b []byte) []int {
	var out []int
	for i, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(strings.ReplaceAll(l, " ", ""), "[[checked]]") {
			out = append(out, i+1)
		}
	}
	return out
}

// keyLine returns the first line that sets or opens key, or 0.
func keyLine(b []byte, key string) int {
	for i, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(strings.TrimLeft(l, " \t["), key) {
			return i + 1
		}
	}
	return 0
}
