package bot

import (
	"context"

	"quietline/flows"
	"quietline/line"
)

// CoverNow stops the chat at once, from the desk: what the channel lets go is withdrawn, the page goes blank as after "0",
// nothing is written, and the next message meets the cover. The conversation keeps its place and its adviser; what was not
// sent waits for the person behind a new sitting, and the return words if there are any.
func (b *Bot) CoverNow(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := mine(t, staff); err != nil {
			return nil, err
		}
		if t.Beforehand != nil {
			return nil, ErrQuiet
		}
		tn := w.begin(t)
		t.Turn++
		if tn.silent() {
			tn.dropQuestion()
		}
		t.Covered, t.Left = true, true
		t.Hand.Asked, t.Hand.Alert, t.Hand.Alerted, t.Hand.Harm = 0, 0, false, false
		t.recall(false)
		tn.left, tn.silence = true, true
		tn.next(flows.Event{Kind: flows.Silence})
		tn.parts, tn.offers, tn.bye = nil, nil, ""
		t.oweAudit(line.ActCover, "", staff)
		return tn, nil
	})
}
