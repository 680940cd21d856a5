package twilio

import (
	"context"
	"fmt"
	"net/url"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"
)

const (
	// DefaultSweep is the pause between two sweeps.
	DefaultSweep = 10 * time.Minute
	// sweepAge leaves alone what is younger: Twilio still works on it, and the bot deletes it by its receipt.
	sweepAge = 10 * time.Minute
	// sweepPage and sweepPages bound one listing; what is beyond is found by the next sweep.
	sweepPage, sweepPages = 200, 100
)

// Run sweeps now and every SweepEvery until ctx ends; then it returns nil. Failures are logged by their class.
func (a *Account) Run(ctx context.Context) error {
	every := a.cfg.SweepEvery
	if every <= 0 {
		every = DefaultSweep
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		deleted, left, err := a.Sweep(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			a.cfg.Log.Warn("sweeping the provider failed", "class", class(asAPI(err)), "deleted", deleted, "left", left)
		case left > 0:
			a.cfg.Log.Warn("messages stay at the provider", "deleted", deleted, "left", left, "reasons", a.Stats().Left)
		case deleted > 0:
			a.cfg.Log.Info("messages were left at the provider and are deleted now", "deleted", deleted)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Sweep lists every message to and from the line's own numbers and deletes those older than ten minutes. It needs
// nothing from the store: it finds what an erase, a crash or a lost machine left. left are those that are still there;
// [Account.Stats] has the reasons. After an error the rest comes with the next sweep.
func (a *Account) Sweep(ctx context.Context) (deleted, left int, err error) {
	why := map[string]int{}
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.stats.Deleted += deleted
		if err == nil {
			a.stats.Left, a.stats.Swept = why, a.cfg.Now()
		}
	}()
	for _, n := range a.cfg.Numbers {
		for _, p := range a.listings(n) {
			old, err := a.older(ctx, p)
			if err != nil {
				return deleted, left, fmt.Errorf("listing the messages at Twilio: %w", err)
			}
			for i, sid := range old {
				o := a.delete(ctx, sid)
				if o.gone {
					deleted++
					continue
				}
				left++
				why[o.reason]++
				if o.pause {
					left += len(old) - i - 1
					return deleted, left, fmt.Errorf("deleting messages at Twilio: %w", &apiError{Class: o.reason})
				}
			}
		}
	}
	return deleted, left, nil
}

// listings are the questions that find every message of one number.
func (a *Account) listings(n Number) []*openapi.ListMessageParams {
	var ps []*openapi.ListMessageParams
	prefixes := []string{""}
	if n.WhatsApp {
		prefixes = append(prefixes, whatsAppPrefix)
	}
	for _, prefix := range prefixes {
		to, from := &openapi.ListMessageParams{}, &openapi.ListMessageParams{}
		ps = append(ps, to.SetTo(prefix+n.Number).SetPageSize(sweepPage), from.SetFrom(prefix+n.Number).SetPageSize(sweepPage))
	}
	return ps
}

// older lists the ids of messages that are older than sweepAge. All pages are read before anything is deleted: the
// places of the rest would move.
func (a *Account) older(ctx context.Context, p *openapi.ListMessageParams) ([]string, error) {
	before := a.cfg.Now().Add(-sweepAge)
	var sids []string
	token, page := "", ""
	for range sweepPages {
		ctx, cancel := context.WithTimeout(ctx, callWithin)
		got, err := a.service(ctx).PageMessage(p, token, page)
		cancel()
		if err != nil {
			return nil, err
		}
		for _, m := range got.Messages {
			if at, ok := created(m); ok && at.Before(before) && m.Sid != nil {
				sids = append(sids, *m.Sid)
			}
		}
		if got.NextPageUri == nil || *got.NextPageUri == "" {
			break
		}
		next, err := url.Parse(*got.NextPageUri)
		if err != nil {
			return nil, &apiError{Class: "answer not understood"}
		}
		token, page = next.Query().Get("PageToken"), next.Query().Get("Page")
		if token == "" && page == "" {
			break
		}
	}
	return sids, nil
}
