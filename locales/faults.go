package locales

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// A Fault is something wrong between catalogues that each load well alone: a person might be left without a text.
type Fault struct {
	Lang, File, ID string
	Message        string // what is wrong and what mends it
}

// String returns the fault as one line.
func (f Fault) String() string { return fmt.Sprintf("%s: %q: %s", f.File, f.ID, f.Message) }

// Faults compares every language with English and returns what is missing, left over or not the same: ids, placeholders,
// context, and reviews that claim to be for a wording that has changed. Sorted by language, then id.
func (c *Catalogues) Faults() []Fault {
	var faults []Fault
	english := c.langs[source]
	for _, l := range c.table.rows {
		in := c.langs[l.Tag]
		file := l.Tag + ".toml"
		add := func(file, id, format string, args ...any) {
			faults = append(faults, Fault{Lang: l.Tag, File: file, ID: id, Message: fmt.Sprintf(format, args...)})
		}
		for id, want := range english.messages {
			have, ok := in.messages[id]
			if !ok {
				add(file, id, "has no %s text: add it", l.Tag)
				continue
			}
			if !slices.Equal(have.holders, want.holders) {
				add(have.file, id, "has placeholders %s, English has %s: use the same", braced(have.holders), braced(want.holders))
			}
		}
		for id, m := range in.messages {
			if _, ok := english.messages[id]; !ok {
				add(m.file, id, "is not among the English messages: mend the id or take it out")
			}
			if _, ok := c.Context(id); l.Tag == source && !ok {
				add("context.toml", id, "has no context: say who reads it, when, and what must not be said")
			}
		}
		for id, r := range in.review {
			if r.State != Drafted && c.MessageState(l.Tag, id) == Drafted {
				add("review/"+file, id, "says %s of a wording that has changed: write the review anew", r.State)
			}
		}
	}
	sort.Slice(faults, func(i, j int) bool {
		a, b := faults[i], faults[j]
		if a.Lang != b.Lang {
			return a.Lang < b.Lang
		}
		if a.ID != b.ID {
			return a.ID < b.ID
		}
		return a.Message < b.Message
	})
	return faults
}

func braced(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "{{." + strings.Join(names, "}} {{.") + "}}"
}

// contextOf finds id's own line, or its nearest group's.
func contextOf(context map[string]string, id string) (string, bool) {
	if text, ok := context[id]; ok {
		return text, true
	}
	for group := id; ; {
		dot := strings.LastIndexByte(group, '.')
		if dot < 0 {
			return "", false
		}
		group = group[:dot]
		if text, ok := context[group+".*"]; ok {
			return text, true
		}
	}
}
