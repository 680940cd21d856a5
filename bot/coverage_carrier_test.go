package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"quietline/flows"
	"quietline/locales"
)

// ChannelLimits are the kinds of channel that a person is led along; TestChannelLimits compares them with the channels' own.
var ChannelLimits = []flows.Limits{
	{Channel: "web", MaxChoices: flows.MaxChoices, CallbackBytes: 128},
	{Channel: "telegram", MaxChoices: flows.MaxChoices, MaxText: 4096, MaxLabel: 40, CallbackBytes: 64, Clears: true},
	{Channel: "sms", MaxChoices: flows.MaxChoices, MaxText: 1600, MaxSegments: 3},
	{Channel: "whatsapp", MaxChoices: flows.MaxChoices, MaxText: 1600, Brief: true},
}

var tourCountries = []string{"GB", "US", "ES", "MX", "AE", "NG", "VN"}

// A carrier is a channel with the limits of a real one. It delivers, and notes every message that is not fit to be sent.
type carrier struct {
	mu     sync.Mutex
	limits flows.Limits
	now    func() time.Time
	sent   []Outbound
	faults []string
	n      int
}

func (c *carrier) Name() string         { return c.limits.Channel }
func (c *carrier) Limits() flows.Limits { return c.limits }

func (c *carrier) Send(_ context.Context, out Outbound) (Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	c.sent = append(c.sent, out)
	fault := func(format string, args ...any) {
		c.faults = append(c.faults, fmt.Sprintf(format, args...)+": "+strconv.Quote(out.WithChoices()))
	}
	words := out.Text.Reveal()
	if c.limits.CallbackBytes == 0 {
		words = out.WithChoices()
	}
	l := c.limits
	if strings.TrimSpace(words) == "" {
		fault("an empty message")
	}
	if strings.Contains(words, "<no value>") || strings.Contains(words, "{{") {
		fault("a placeholder stands open")
	}
	if l.MaxText > 0 && len(words) > l.MaxText {
		fault("%d bytes of %d", len(words), l.MaxText)
	}
	if n := locales.Segments(words); l.MaxSegments > 0 && n > l.MaxSegments {
		fault("%d parts of %d", n, l.MaxSegments)
	}
	if len(out.Choices) > l.MaxChoices {
		fault("%d choices", len(out.Choices))
	}
	for i, ch := range out.Choices {
		switch {
		case ch.Digit != i+1:
			fault("choice %d has the digit %d", i+1, ch.Digit)
		case strings.TrimSpace(ch.Label) == "":
			fault("choice %d has no label", i+1)
		case l.MaxLabel > 0 && len([]rune(ch.Label)) > l.MaxLabel:
			fault("the label %q", ch.Label)
		case l.CallbackBytes > 0 && len(out.Turn)+2 > l.CallbackBytes:
			fault("the turn %q", out.Turn)
		}
	}
	return Receipt{ID: fmt.Sprint(c.n), At: c.now(), Copy: l.MaxSegments > 0}, nil
}

func (c *carrier) Withdraw(context.Context, Address, []Receipt) (later, never []Receipt, err error) {
	return nil, nil, nil
}
