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
	return b.arranged(out, who)
}

// arranged orders items for a staff member and says which of them they may not take now.
func (b *Bot) arranged(items []Item, who line.Staff) []Item {
	b.order(items, who.Role == line.Lead, who.ChildTrained)
	for i := range items {
		items[i].Closed = items[i].Mode == Waiting && items[i].Trained && !who.ChildTrained
	}
	return items
}

// calls is the part of queueFor that calls for somebody: what waits, and what this staff member holds and is alarmed by. It
// copies nothing else, for every open page asks for it at every change.
func (b *Bot) calls(staff string) []Item {
	who := b.staff(staff)
	var out []Item
	b.mu.Lock()
	for name, c := range b.cells {
		if c.item == nil || c.item.Mode != Waiting && (c.item.Adviser != staff || !c.item.Alert && !c.item.Given) && !c.item.Wants || b.byHandle[c.handle] != name {
			continue
		}
		if it := *c.item; it.show(who) {
			out = append(out, it)
		}
	}
	b.mu.Unlock()
	return b.arranged(out, who)
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

// order says of a child's conversation whether an adviser trained for children is on duty and free, and sorts. Where none
// is, it stands first in every lead's queue and in that of whoever is trained.
func (b *Bot) order(items []Item, lead, can bool) {
	trained := map[[2]string]line.Duty{}
	for i := range items {
		it := &items[i]
		if !it.Child {
			continue
		}
		where := [2]string{it.Lang, it.Channel}
		d, known := trained[where]
		if !known {
			d = b.cfg.Line.Duty(b.cfg.Now(), it.Lang, it.Channel)
			trained[where] = d
		}
		it.Trained, it.Busy = d.Child, busy(d, b.engagedNow)
	}
	first := func(it Item) int {
		if (lead || can) && it.Mode == Waiting && it.Child && (!it.Trained || it.Busy) && !it.Quiet {
			return 0
		}
		return 1
	}
	slices.SortFunc(items, func(x, y Item) int {
		return cmp.Or(first(x)-first(y), rank(x)-rank(y), x.Since.Compare(y.Since), cmp.Compare(x.Handle, y.Handle))
	})
}

// engagedNow says whether a staff member holds a conversation in which a sitting is open.
func (b *Bot) engagedNow(staff string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.talks[staff] > 0
}
