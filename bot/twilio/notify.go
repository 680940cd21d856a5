package twilio

import "context"

// Notify sends a text to somebody on the staff, from the line's first number. It belongs to no conversation: nothing of it
// is kept here, and the sweep deletes Twilio's record of it. Nil says that Twilio took it, not that a phone got it. A
// failure is a *bot.SendError; after a call whose answer was lost the text may come twice.
func (a *Account) Notify(ctx context.Context, to, text string) error {
	c := &channel{a: a, name: SMS}
	m, err := a.service(ctx).CreateMessage(c.params(to, a.cfg.Numbers[0].Number, text, validity))
	if err == nil && (m.Sid == nil || !messageSID.MatchString(*m.Sid)) {
		err = &apiError{Class: "answer not understood", Doubt: true}
	}
	if err != nil {
		return sendError(asAPI(err), 0)
	}
	return nil
}
