package bot

import (
	"context"
	"errors"
	"time"

	"quietline/line"
)

// A reveal is the first of the two leads who must ask for an address.
type reveal struct {
	By string `cbor:"1,keyasint" keep:"staff id of the lead who asked to see the address, as a second one must agree; 15 minutes"`
	At int64  `cbor:"2,keyasint" keep:"when; 15 minutes"`
}

// revealFor is how long after the first lead the second may agree.
const revealFor = 15 * time.Minute

// Errors of Address.
var (
	ErrNeverShown = errors.New("this line shows no address to anybody")
	ErrSecondLead = errors.New("a second lead must agree within 15 minutes")
	ErrNoAddress  = errors.New("there is no address: the conversation is a web page, or the person has left it")
)

// Address is where the channel answers the person: a number or an account. The first lead who asks gets ErrSecondLead; a
// second one, within 15 minutes, gets the address, once, and both stand in the audit. There is one reason: to save a life.
func (b *Bot) Address(ctx context.Context, handle, staff string) (channel string, a Address, err error) {
	if !b.Shows() {
		return "", a, ErrNeverShown
	}
	refused := error(nil)
	err = b.deskChange(ctx, handle, func(w *world, t *talk) (*turn, error) {
		refused, a = nil, Address{}
		switch who := b.staff(staff); {
		case who.Role != line.Lead || t.Hand == nil:
			return nil, ErrNotYours
		case t.Page || t.Address == "":
			return nil, ErrNoAddress
		}
		first, h := t.Hand.First, t.Hand
		if first == nil || first.By == staff || w.now.Sub(at(first.At)) >= revealFor {
			if first != nil && first.By == staff && w.now.Sub(at(first.At)) < revealFor {
				return nil, ErrSecondLead
			}
			h.First, refused = &reveal{staff, w.now.Unix()}, ErrSecondLead
			t.oweAudit(line.ActReveal, line.NoteAsked, staff)
			return w.begin(t), nil
		}
		h.First, channel, a = nil, t.Channel, Hide(t.Address)
		t.oweAudit(line.ActReveal, line.NoteLife, staff)
		return w.begin(t), nil
	})
	if err == nil {
		err = refused
	}
	return channel, a, err
}
