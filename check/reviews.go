package check

import (
	"fmt"
	"slices"
	"time"

	"quietline/flows"
	"quietline/locales"
)

// reviews proves that nothing drafted is served as reviewed: a flow that says it was read or tried says who did it, when,
// and which steps they saw; these are the steps of now, and its English was read too.
func (c *checker) reviews() {
	for _, f := range c.Book.Flows() {
		if f.Review == "drafted" {
			continue
		}
		wrong := func(format string, args ...any) {
			c.add(Fault{Class: Reviewed, File: f.File, Step: f.Name, Message: fmt.Sprintf("%s: flow %q says review = %q, ", f.File, f.Name, f.Review) + fmt.Sprintf(format, args...)})
		}
		switch day, err := time.Parse(time.DateOnly, f.ReadOn); {
		case f.ReadBy == "" || err != nil || day.IsZero():
			wrong("and not by whom or when: add read_by = a role or pseudonym and read_on = \"2026-01-31\", or write review = \"drafted\"")
		case f.ReadAs != f.Digest:
			wrong("and its steps are not the ones that were read: have them read as they are now and write read_as = %q, or write review = \"drafted\"", f.Digest)
		}
		for _, id := range messages(f) {
			if c.Catalogues.Has(source, id) && c.Catalogues.MessageState(source, id) == locales.Drafted {
				wrong("and says %q, whose English nobody has read as it is now: have it read, or write review = \"drafted\"", id)
				break
			}
		}
	}
}

// messages are the ids of all that a flow says and offers, in order.
func messages(f flows.Flow) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, s := range f.Steps {
		for _, id := range s.Say {
			add(id)
		}
		for _, a := range s.Choices {
			add(a.Text)
		}
		add(s.Free)
	}
	return ids
}
