package bot

import (
	"errors"
	"testing"
)

// A child writes while whoever is trained for children is busy.
func TestSceneAChildWaits(t *testing.T) {
	p := newPlay(t, "A child writes while the one adviser who is trained for children talks with somebody else.", true)
	mai, ada := p.adviser("adviser-1"), p.adviser("adviser-2")
	p.s.train(ada, true)
	p.wrong["an adult"] = true
	p.hides("trained to work with children", "under eighteen, and", "you did nothing wrong", "adviser", "hello kim", "waiting")
	p.writes("another phone", "ana", "hello", "1", "1", "1", "9")
	p.claims(ada, "adviser-2", p.handleOf("text", "another phone"))
	p.writes("a third phone", "bo", "hello", "1", "1", "1", "1")
	p.note("Kim says that they are under eighteen, and asks for a person")
	p.writes("phone", "kim", "hello", "1", "1", "1", "2", "4", "1", "1")
	p.queue(mai, "adviser-1")
	handle := p.handleOf("text", "phone")
	if err := p.s.bot.Claim(p.s.ctx, handle, mai.id); !errors.Is(err, ErrChild) {
		t.Errorf("an adviser without the training: %v", err)
	}
	p.did("adviser-1", "(cannot take it: only whoever is trained for children may)")
	p.queue(ada, "adviser-2")
	p.did("adviser-2", "(ends the talk with ana)")
	p.s.ok(p.s.bot.End(p.s.ctx, p.handleOf("text", "another phone"), ada.id))
	p.claims(ada, "adviser-2", handle)
	before := p.pocket.n
	p.answers(ada, "adviser-2", handle, "Hello Kim. I am here for you now.")
	p.came("phone", "kim", before)
	p.note("Somebody comes. Kim goes at once, and an adult picks up the phone")
	p.writes("phone", "kim", "0")
	p.looks("phone", "an adult")
	p.writes("phone", "an adult", "who is this")
	p.plays("child-waits")
}
