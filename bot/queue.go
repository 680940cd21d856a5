package bot

import (
	"cmp"
	"slices"

	"quietline/line"
)

// show makes the item what this staff member may see of it. It reports false for one they must not see at all.
func (it *Item) show(who line.Staff) bool {
	if it.Complaint && (who.Role != line.Lead || slices.Contains(it.about, who.ID)) {
		it.Complaint = false
		return !it.only || it.Adviser == who.ID
	}
	return true
}

func (b *Bot) queueFor(staff string) []Item {
	who := b.staff(staff)
	var out []Item
	for _, it := range b.items() {
		if it.show(who) {
			out = append(out, it)
		}
	}
	b.order(out, who.Role == line.Lead)
	for i := range out {
		out[i].Closed = out[i].Mode == Waiting && out[i].Trained && !who.ChildTrained
	}
	return out
}

// items are all there are, in no order.
func (b *Bot) items() []Item {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Item
	for name, c := range b.cells {
		if c.item != nil && b.byHandle[c.handle] == name {
			out = append(out, *c.item)
		}
	}
	return out
}

// order says of a child's conversation whether an adviser trained for children is on duty, and sorts. Where none is, it
// stands first in every lead's queue.
func (b *Bot) order(items []Item, lead bool) {
	trained := map[[2]string]bool{}
	for i := range items {
		it := &items[i]
		if !it.Child {
			continue
		}
		where := [2]string{it.Lang, it.Channel}
		is, known := trained[where]
		if !known {
			is = b.cfg.Line.Duty(b.cfg.Now(), it.Lang, it.Channel).Child
			trained[where] = is
		}
		it.Trained = is
	}
	first := func(it Item) int {
		if lead && it.Mode == Waiting && it.Child && !it.Trained && !it.Quiet {
			return 0
		}
		return 1
	}
	slices.SortFunc(items, func(x, y Item) int {
		return cmp.Or(first(x)-first(y), rank(x)-rank(y), x.Since.Compare(y.Since), cmp.Compare(x.Handle, y.Handle))
	})
}
