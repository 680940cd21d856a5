package bot

import (
	"context"
	"errors"
	"strings"

	"quietline/flows"
)

// ErrAdults and ErrSoon refuse an offer of the self-report.
var (
	ErrAdults = errors.New("the self-report is for adults only: the person said that they are under 18")
	ErrSoon   = errors.New("the self-report comes at most every three months: it was answered less long ago")
)

// OfferReport offers the outcomes self-report to the person: seven questions, each to be skipped. Only the holder may, while
// the person is there (ErrAway), never to a child (ErrAdults), at most every three months (ErrSoon), which only a
// conversation that is still there can know.
func (b *Bot) OfferReport(ctx context.Context, handle, staff string) error {
	return b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		if err := w.mayAsk(t, staff); err != nil {
			return nil, err
		}
		switch {
		case t.Flow.Age == "child" || t.Hand.Child:
			return nil, ErrAdults
		case t.Reported > 0 && w.now.Before(at(t.Reported).Add(reportEvery)):
			return nil, ErrSoon
		}
		return w.event(t, flows.Report), nil
	})
}

// reported notes that the self-report was answered; answers is what the adviser may see of it, empty: nothing.
func (tn *turn) reported(answers string) {
	t := tn.t
	if answers == "" && len(t.Flow.Report) == 0 {
		return // nothing was answered
	}
	t.Reported = tn.now.Unix()
	if t.Hand != nil && answers != "" {
		t.Report = answers
		t.Hand.Unread++
	}
}

// Outcomes words a self-report: each outcome that was answered, and how.
func (c *Content) Outcomes(lang string, answers []string) []Block {
	var out []Block
	for _, a := range answers {
		if need, how, ok := strings.Cut(a, "="); ok {
			out = append(out, text(c.say(lang, "need."+need, nil)+": "+c.say(lang, "outcomes."+how, nil)))
		}
	}
	if len(out) == 0 {
		out = append(out, text(c.say(lang, "summary.nothing", nil)))
	}
	return out
}
