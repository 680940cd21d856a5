package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// maxBy is the longest name of a checker, in characters. It is a pseudonym or a role.
const maxBy = 64

// reviewKeys are the keys of directory-review.toml.
var reviewKeys = []string{"checked", "id", "by", "on", "file"}

// The files whose rows can be checked. A row of directory.csv counts as one of helplines.csv.
var reviewFiles = []string{"helplines.csv", "emergency_numbers.csv"}

// checkable is every row's place for its check, by file and id: ids are unique only within a file.
type checkable map[string]map[string]**Check

// find returns the rows with the id, in the file if it is not "".
func (c checkable) find(id, file string) (found []**Check) {
	for _, f := range reviewFiles {
		if at := c[f][id]; at != nil && (file == "" || file == f) {
			found = append(found, at)
		}
	}
	return found
}

func (c checkable) ids() (ids []string) {
	for _, f := range reviewFiles {
		for id := range c[f] {
			ids = append(ids, id)
		}
	}
	return ids
}

// review reads directory-review.toml and marks the rows that it names. A check names a file only where rows of two files
// have one id.
func (r *reading) review(name string, b []byte, checks checkable) {
	var file struct {
		Checked []struct {
			ID   string    `toml:"id"`
			By   string    `toml:"by"`
			On   time.Time `toml:"on"`
			File string    `toml:"file"`
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
	for i, c := range file.Checked {
		line := 0
		if i < len(lines) {
			line = lines[i]
		}
		if c.File != "" && !slices.Contains(reviewFiles, c.File) {
			r.bad(name, line, "file", "%s", oneOf(c.File, reviewFiles))
			continue
		}
		found := checks.find(c.ID, c.File)
		switch {
		case c.ID == "":
			r.bad(name, line, "id", "is missing; name a row of the directory")
		case len(found) == 0 && r.torn: // the row may stand in a line that could not be read
		case len(found) == 0:
			hint := ""
			if n := nearest(c.ID, checks.ids()); n != "" && n != c.ID {
				hint = fmt.Sprintf("; did you mean %q?", n)
			}
			r.bad(name, line, "id", "no row has the id %q%s", c.ID, hint)
		case len(found) > 1:
			r.bad(name, line, "id", "%q is a row of %s; add which one was checked, like file = %q", c.ID, strings.Join(reviewFiles, " and of "), reviewFiles[0])
		case *found[0] != nil:
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
		if len(found) == 1 {
			*found[0] = &Check{By: by, On: day}
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
