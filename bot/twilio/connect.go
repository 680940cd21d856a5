package twilio

import (
	"context"
	"fmt"
	"net/http"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"
)

// hook is added to the webhook's address, and tells Twilio to come again: three times, whatever failed, waiting four
// seconds for each answer, so that all of it happens within the 15 seconds after which Twilio turns to the fallback.
// Without it a failed webhook is not repeated, and the message is lost. Twilio does not send this part, nor sign it
// (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
const hook = "#rc=3&rt=4000&rp=all"

// A NumberState is where Twilio turns with what is written to one number.
type NumberState struct {
	Number      string
	Channel     string // SMS or WhatsApp
	InboundURL  string
	Method      string // GET or POST
	FallbackURL string // where Twilio turns when InboundURL fails
	Application string // a TwiML application; while it is set, the addresses above do not count
	Missing     bool   // it is not in this account
	Note        string // what the operator has to do by hand, if anything
}

// Connect points every number of the line to this server, and shows how it was before and is after. Nothing changes at
// a number that is not in this account. Where a message's status goes is not set here: every message carries it, and the
// status address of a number is that of its calls. WhatsApp senders, and the numbers of a Messaging Service that has an
// address of its own, are set in Twilio's console: the notes say so.
func (a *Account) Connect(ctx context.Context) (before, after []NumberState, err error) {
	for _, n := range a.cfg.Numbers {
		b, c, err := a.connect(ctx, n)
		if err != nil {
			return before, after, fmt.Errorf("connecting a number at Twilio: %w", mending(err))
		}
		before, after = append(before, b), append(after, c)
		if n.WhatsApp {
			s := NumberState{Number: n.Number, Channel: WhatsApp,
				Note: "a WhatsApp sender is set in Twilio's console: for incoming messages POST " + a.public + InboundPath + hook}
			before, after = append(before, s), append(after, s)
		}
	}
	return before, after, nil
}

func (a *Account) connect(ctx context.Context, n Number) (before, after NumberState, err error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	p, err := a.find(ctx, n)
	if err != nil {
		return before, after, err
	}
	if p == nil {
		s := NumberState{Number: n.Number, Channel: SMS, Missing: true, Note: "there is no such number in this account"}
		return s, s, nil
	}
	set := &openapi.UpdateIncomingPhoneNumberParams{}
	set.SetSmsUrl(a.public + InboundPath + hook).SetSmsMethod(http.MethodPost).SetSmsApplicationSid("")
	if a.cfg.FallbackURL != "" {
		set.SetSmsFallbackUrl(a.cfg.FallbackURL).SetSmsFallbackMethod(http.MethodPost)
	}
	now, err := a.service(ctx).UpdateIncomingPhoneNumber(*p.Sid, set)
	if err != nil {
		return before, after, err
	}
	after = a.state(n, *now)
	if a.cfg.MessagingServiceSID != "" {
		after.Note = `the Messaging Service must leave incoming messages to the number ("Defer to sender's webhook")`
	}
	return a.state(n, *p), after, nil
}

// find asks for a number of the account; nil when it has none such.
func (a *Account) find(ctx context.Context, n Number) (*openapi.ApiV2010IncomingPhoneNumber, error) {
	list := &openapi.ListIncomingPhoneNumberParams{}
	page, err := a.service(ctx).PageIncomingPhoneNumber(list.SetPhoneNumber(n.Number), "", "")
	if err != nil {
		return nil, err
	}
	for _, p := range page.IncomingPhoneNumbers {
		if value(p.PhoneNumber) == n.Number && p.Sid != nil {
			return &p, nil
		}
	}
	return nil, nil
}

// Astray are the line's numbers of which what is written does not come here: somebody pointed them elsewhere, or they are
// not in this account. WhatsApp senders cannot be asked.
func (a *Account) Astray(ctx context.Context) ([]string, error) {
	var out []string
	for _, n := range a.cfg.Numbers {
		p, err := a.find(ctx, n)
		if err != nil {
			return out, fmt.Errorf("asking Twilio where a number leads: %w", mending(err))
		}
		if p == nil || value(p.SmsUrl) != a.public+InboundPath+hook || value(p.SmsApplicationSid) != "" {
			out = append(out, n.Number)
		}
	}
	return out, nil
}

// mending says what the operator can do about a call that failed.
func mending(err error) error {
	e := asAPI(err)
	switch {
	case e.Status == http.StatusUnauthorized:
		return fmt.Errorf("%w: Twilio does not take this account and token: compare account_sid, and the primary auth token in the file, with its console", err)
	case e.Status == 0:
		return fmt.Errorf("%w: look at this machine's connection, and at api_url", err)
	case e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError:
		return fmt.Errorf("%w: try again in a minute", err)
	case e.Code != 0:
		return fmt.Errorf("%w: https://www.twilio.com/docs/api/errors/%d says what it means", err, e.Code)
	}
	return err
}

func (a *Account) state(n Number, p openapi.ApiV2010IncomingPhoneNumber) NumberState {
	return NumberState{Number: n.Number, Channel: SMS, InboundURL: value(p.SmsUrl), Method: value(p.SmsMethod),
		FallbackURL: value(p.SmsFallbackUrl), Application: value(p.SmsApplicationSid)}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
