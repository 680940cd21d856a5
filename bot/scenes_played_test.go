package bot

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

var wordsShown = regexp.MustCompile(`Your words: (\S+ \S+ \S+)\..*instead: (\S+ \S+ \S+)\.`)

// The played scenes. Each is kept as a text in testdata/scenes, for a reviewer to read; and in each, whoever should not read
// something tries to, and reads all that they can.

func TestScenePhoneTaken(t *testing.T) {
	p := newPlay(t, "The phone is taken mid-chat. It is a chat whose messages can be taken off the phone again.", true)
	mai := p.adviser("adviser-1")
	p.wrong["he"] = true
	p.hides("church", "friday", "side door", "sleep", "adviser", "written to you", "waiting for a person")
	p.writes("phone", "ana", "hello", "1", "1", "1", "2", "1", "1", "1", "1", "1", "5")
	p.makesWords("phone", "ana")
	p.writes("phone", "ana", "1")
	handle := p.handleOf("text", "phone")
	p.claims(mai, "adviser-1", handle)
	p.writes("phone", "ana", "can i sleep somewhere")
	p.answers(mai, "adviser-1", handle, "Yes. Friday at six, by the blue church.")
	p.looks("phone", "ana")
	p.note("Steps behind her. There is time for one key")
	p.writes("phone", "ana", "0")
	p.note("He takes the phone out of her hand")
	p.looks("phone", "he")
	p.writes("phone", "he", "who is this", "what did she say", "1", "1")
	p.note("The adviser does not know, and writes on: it waits for her, and not for the phone")
	p.queue(mai, "adviser-1")
	p.answers(mai, "adviser-1", handle, "The church has a side door.")
	p.note("He says that he can read unseen, and asks for all there is")
	p.writes("phone", "he", "1", "2", "1", "1", "6", "6", "1", "4", "0")
	p.looks("phone", "he")
	p.waits(6*time.Hour, "phone", "he")
	p.looks("phone", "he")
	p.plays("phone-taken")
}

func TestSceneFootsteps(t *testing.T) {
	p := newPlay(t, "Footsteps: she leaves the page with one tap, and comes back from another phone with her return words.", false)
	mai := p.adviser("adviser-1")
	p.wrong["he"] = true
	p.hides("green", "stairs", "adviser", "written to you", "until eight")
	p.taps("page", "ana", "yes", "no", "me", "safety", "write", "yes")
	kept := p.out.String()
	p.taps("page", "ana", "words")
	words, forced := p.words(asPage(p.view("page"), 0))
	p.mask(words, "three words of hers")
	p.mask(forced, "the same with another third word")
	p.hides(words, forced)
	p.out.Reset()
	p.out.WriteString(kept)
	p.note("She gets three words to come back, and the same with another third word, for whoever forces her")
	p.taps("page", "ana", "done", "the green door is open at night")
	handle := p.handleOf("web", "page")
	p.note("Footsteps")
	p.taps("page", "ana", "0")
	p.note("He opens the browser and goes back to the page")
	p.did("he", "(looks at the page)")
	p.reads("page", "he")
	p.taps("other page", "he", "someone")
	p.note("The adviser takes the conversation, and answers: nobody is there")
	p.claims(mai, "adviser-1", handle)
	p.answers(mai, "adviser-1", handle, "Use the back stairs. I am here until eight.")
	p.note("He has heard that there are words, and makes her say them. She says the other ones")
	p.writes("his phone", "he", forced, "1", "1", "what is this")
	p.note("At the desk")
	p.queue(mai, "adviser-1")
	p.waits(20*time.Minute, "his phone", "he")
	p.note("A phone that somebody lends her")
	p.writes("lent phone", "ana", strings.ToUpper(words), "1", "1", "1", "thank you")
	p.shows("adviser-1", mai.reads(handle))
	p.writes("lent phone", "ana", "0")
	p.note("On this phone what was sent stays until it is deleted there, as the goodbye says: she deletes it. Its owner writes to the number")
	p.pocket.chats["lent phone"] = nil
	p.writes("lent phone", "he", "who was this", "1", "1", "1", "9")
	p.plays("footsteps")
}

func TestSceneNobodyAtNightInDanger(t *testing.T) {
	p := newPlay(t, "Two at night, in danger, and nobody is on duty.", false)
	p.s.now = day(3, 2, 0)
	p.wrong["he"] = true
	p.hides("harbour", "front of the line", "waiting", "i am in danger", "written to you")
	p.writes("phone", "ana", "hello", "1", "1", "1", "1")
	p.note("The card came in the same turn, then the truth: nobody is there. She keeps her place, and skips what is asked")
	p.writes("phone", "ana", "1", "6", "6", "6", "3", "5", "they lock me in at the harbour", "99")
	p.note("He is coming. She deletes everything, on the phone too")
	p.writes("phone", "ana", "00")
	p.pocket.chats["phone"] = nil
	p.note("In the morning he writes to the number, and an adviser is there")
	p.waits(6*time.Hour, "phone", "he")
	mai := p.adviser("adviser-1")
	p.moves(0)
	p.writes("phone", "he", "who did you talk to", "1", "1", "1", "2", "1", "1", "6", "1")
	p.queue(mai, "adviser-1")
	p.plays("night-danger")
}

func TestSceneTwelveOnOneNumber(t *testing.T) {
	p := newPlay(t, "Twelve workers share one phone. Each writes, some ask for a person; nobody is blamed, and nobody reads what another did.", false)
	p.adviser("adviser-1")
	names := []string{"ana", "bo", "cem", "dia", "eli", "fay", "gil", "hue", "ida", "jon", "kai", "lea"}
	for i, name := range names {
		p.wrong[name] = true
		p.secrets = nil
		for _, before := range names[:i] {
			p.hides(before+"'s", "i am "+before)
		}
		if i > 0 {
			p.hides("you are waiting", "written to you", "it is about me")
		}
		p.note("%s has the phone", name)
		p.writes("phone", name, "hello", "1", "1", "1")
		p.secrets = p.secrets[:2*i] // of their own wait they read
		switch {
		case name == "lea":
			p.note("The danger of the twelfth is answered as that of the first")
			p.writes("phone", name, "he has a knife", "1")
		case i%2 == 0:
			p.writes("phone", name, "9", "i am "+name+", this is "+name+"'s bed")
		default:
			p.writes("phone", name, "2", "1")
		}
		if i%3 == 1 {
			if p.record("phone").Mode == string(Waiting) {
				p.note("%s must go, and takes three words along: the place in the line goes with them, and not with the phone", name)
				p.writes("phone", name, "6", "6", "6", "3", "5")
				p.makesWords("phone", name)
				p.writes("phone", name, "1")
			}
			p.note("%s puts the phone down, and says nothing more", name)
			p.waits(20*time.Minute, "phone", name)
			continue
		}
		p.writes("phone", name, "00")
		p.waits(5*time.Minute, "phone", name)
	}
	p.plays("twelve-on-one-number")
}

func TestSceneSomebodyProbes(t *testing.T) {
	p := newPlay(t, "Ana wrote to the line. He who holds her wants to know, and tries from his own phone.", false)
	mai, kim := p.adviser("adviser-1"), p.adviser("adviser-2")
	p.writes("phone", "ana", "hello", "1", "1", "1", "9", "1", "1", "1", "5")
	words, _ := p.makesWords("phone", "ana")
	p.writes("phone", "ana", "1", "my name is ana and i am at the farm")
	handle := p.handleOf("text", "phone")
	p.claims(mai, "adviser-1", handle)
	p.answers(mai, "adviser-1", handle, "Thank you, I keep that to myself.")
	p.writes("phone", "ana", "0")
	p.wrong["he"] = true
	p.hides("farm", "my name", "adviser-1", "adviser-2", "keep that to myself", "place to stay\n•", handle)
	p.note("He finds the line's number, and writes")
	p.writes("his phone", "he", "did ana write to you", "1", "1", "1", "2", "2", "did ana write to you", "who works here", "give me her address", "8", "1", "6", "6", "1")
	p.note("He tries three words, one after the other: the line slows down, for every stranger, and says only that")
	list := p.s.bot.cfg.Content().Words.ReturnList("en")
	for i := range 17 {
		p.writes("his phone", "he", strings.Join(list[7*i:7*i+3], " "))
	}
	p.note("It slows down for everybody: ana, whose words are right, has to wait some minutes as well")
	p.writes("phone", "ana", words)
	p.waits(10*time.Minute, "phone", "ana")
	p.writes("phone", "ana", words, "1", "1", "1", "0")
	p.note("He asks for a person, and one answers")
	p.writes("his phone", "he", "9")
	for _, it := range p.queue(kim, "adviser-2") {
		if it.Mode != Waiting {
			continue
		}
		p.claims(kim, "adviser-2", it.Handle)
		p.writes("his phone", "he", "is ana there? i am her brother")
		before := p.pocket.n
		p.answers(kim, "adviser-2", it.Handle, "We never say who writes to us.")
		p.came("his phone", "he", before)
	}
	if err := p.s.bot.Claim(p.s.ctx, handle, kim.id); !errors.Is(err, ErrTaken) {
		t.Errorf("another adviser takes ana's conversation: %v", err)
	}
	if _, err := p.s.bot.Desk(p.s.ctx, handle, kim.id, false, "en"); !errors.Is(err, ErrTaken) {
		t.Errorf("another adviser reads ana's conversation: %v", err)
	}
	p.did("adviser-2", "(can neither take nor open what adviser-1 holds)")
	p.writes("his phone", "he", "0")
	p.plays("somebody-probes")
}

func TestSceneChild(t *testing.T) {
	p := newPlay(t, "A child writes. What changes is said first; who is trained for children takes it; an adult who finds the phone reads nothing.", true)
	mai, ada := p.adviser("adviser-1"), p.adviser("adviser-2")
	p.s.train(ada, true)
	p.wrong["an adult"] = true
	p.hides("teacher", "school", "under eighteen, and", "you did nothing wrong", "adviser", "written to you", "waiting")
	p.writes("phone", "kim", "hello", "1", "1", "1", "2", "4")
	p.note("What changes was said first, and nobody had to say anything. Kim says so")
	p.writes("phone", "kim", "1", "1", "6", "6", "3", "1", "5")
	p.queue(mai, "adviser-1")
	handle := p.handleOf("text", "phone")
	if err := p.s.bot.Claim(p.s.ctx, handle, mai.id); !errors.Is(err, ErrChild) {
		t.Errorf("an adviser without the training: %v", err)
	}
	p.did("adviser-1", "(cannot take it: somebody on duty is trained for children)")
	p.queue(ada, "adviser-2")
	p.claims(ada, "adviser-2", handle)
	before := p.pocket.n
	p.answers(ada, "adviser-2", handle, "Hello. We can talk about school or anything else.")
	p.came("phone", "kim", before)
	p.writes("phone", "kim", "can you tell my teacher")
	p.did("adviser-2", "(asks for one act: who, what, why, until when)")
	before = p.pocket.n
	p.s.ok(ada.asks(handle, Act{Whom: "Your teacher", What: "that you need to talk", Why: "so that you need not begin", Till: "the end of this week"}))
	p.came("phone", "kim", before)
	p.moves(readFirst)
	p.writes("phone", "kim", "3", "1", "thank you")
	if err := p.s.bot.OfferReport(p.s.ctx, handle, ada.id); !errors.Is(err, ErrAdults) {
		t.Errorf("the self-report is offered to a child: %v", err)
	}
	p.did("adviser-2", "(cannot offer the adults' self-report)")
	for _, a := range ada.acts(handle) {
		p.shows("adviser-2", fmt.Sprintf("%s: %s (%s)", a.Whom, a.What, a.Answer))
	}
	p.note("Somebody comes. Kim deletes everything")
	p.writes("phone", "kim", "00")
	p.note("An adult picks up the phone")
	p.looks("phone", "an adult")
	p.writes("phone", "an adult", "who is this", "1", "1", "1", "2", "1", "1")
	p.queue(ada, "adviser-2")
	p.plays("child")
}

func TestSceneCleanerReports(t *testing.T) {
	p := newPlay(t, "A cleaner has seen something in a hotel, and does not want to be known.", true)
	mai := p.adviser("adviser-1")
	p.wrong["the boss"] = true
	p.hides("monday", "third floor", "girls", "adviser", "written to you", "you are waiting", "something i saw.")
	p.writes("phone", "luz", "hello", "1", "1", "1", "2", "3")
	p.note("What not to do stood first, then lines that take reports. Luz would like to tell a person, and skips what is asked")
	p.writes("phone", "luz", "2", "1", "6", "6", "1", "1", "5", "three girls never leave a room on the third floor")
	handle := p.handleOf("text", "phone")
	p.queue(mai, "adviser-1")
	p.claims(mai, "adviser-1", handle)
	before := p.pocket.n
	p.answers(mai, "adviser-1", handle, "Thank you. You need not say who you are. Which days did you see this?")
	p.came("phone", "luz", before)
	p.writes("phone", "luz", "every monday")
	before = p.pocket.n
	p.did("adviser-1", "(closes it)")
	mai.Closes(handle)
	p.came("phone", "luz", before)
	p.writes("phone", "luz", "1")
	p.waits(6*time.Minute, "phone", "luz")
	p.note("The boss borrows the phone, and has heard that somebody talked")
	p.looks("phone", "the boss")
	p.writes("phone", "the boss", "hello?", "1", "1", "3", "1", "2", "3", "8", "1", "1", "1")
	p.queue(mai, "adviser-1")
	p.plays("cleaner-reports")
}

func TestSceneCheckInEndedBySomeoneElse(t *testing.T) {
	p := newPlay(t, "A survivor's monthly check-in. Two come; then somebody else holds the phone, and ends it.", false)
	p.adviser("adviser-1")
	p.wrong["somebody"] = true
	p.writes("phone", "ana", "hello", "1", "1", "1", "2", "1", "1", "5", "3", "2", "2", "1", "1", "1", "4")
	p.note("She deletes the messages on her phone")
	p.pocket.chats["phone"] = nil
	p.waits(29*24*time.Hour, "phone", "ana")
	p.note("All is well, so she writes nothing. Four weeks later it comes again, and she writes back")
	p.waits(28*24*time.Hour, "phone", "ana")
	p.writes("phone", "ana", "hi", "0")
	p.pocket.chats["phone"] = nil
	p.note("The next one is left out, since she wrote. Then the number is somebody else's. The line that ana chose says nothing")
	p.hides("the last one", "first one:", "monthly", "12:00", "2026-0", "agreed", "ana", "last time", "welcome back", "again.")
	p.waits(56*24*time.Hour, "phone", "somebody")
	p.writes("phone", "somebody", "who is this", "1", "1", "4")
	p.note("They look around, and want no more of it")
	p.writes("phone", "somebody", "hello", "1", "1", "1", "2", "1", "1", "5", "4")
	before := p.pocket.n
	p.waits(100*24*time.Hour, "phone", "somebody")
	if p.pocket.n > before {
		t.Errorf("%d messages came after it was ended", p.pocket.n-before)
	}
	if n := len(p.s.bot.asks); n != 0 {
		t.Errorf("%d wishes are left", n)
	}
	p.note("A hundred days: nothing came")
	p.did("the line", fmt.Sprintf("keeps %d records", p.s.stored()))
	p.plays("check-in-ended")
}
