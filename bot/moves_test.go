package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/flows"
	"quietline/store"
)

// stored counts the records in the store, the secret not among them.
func (s *scene) stored() (n int) {
	s.t.Helper()
	for ch, err := range s.talks.Watch(s.ctx) {
		s.ok(err)
		if ch.Listed {
			return n
		}
		if ch.Name != (store.Name{}) {
			n++
		}
	}
	return n
}

// S10: return words die with their conversation, whether its time is over, it is erased where it is kept, or everything is.
func TestS10_WordsDieWithTheirConversation(t *testing.T) {
	for name, end := range map[string]func(s *scene, handle string){
		"expired": func(s *scene, _ string) { s.later(keepDay + time.Minute) },
		"erased":  func(s *scene, h string) { s.ok(s.bot.Erase(s.ctx, h)); s.later(keepNow + time.Minute) },
	} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onWeb("ana")
		words, _ := ana.makesWords(mai)
		h := ana.handle()
		ana.Taps("done")
		end(s, h)
		if n := s.stored(); n != 0 {
			t.Fatalf("%s: %d records are left", name, n)
		}
		back := s.onWeb("ana again")
		back.Says(words)
		if back.record().Words != nil {
			t.Fatalf("%s: the words open something", name)
		}
	}
}

// S11: who gives the words of another conversation in the middle of one that has its own loses neither.
func TestS11_TwoConversationsWithWords(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	first, _ := ana.makesWords(mai)
	one := ana.handle()
	ana.Taps("done")
	bea := s.onWeb("bea")
	second, _ := bea.makesWords(mai)
	two := bea.handle()
	bea.Says(first)
	if got := bea.handle(); got != one {
		t.Fatalf("the words led to %s, not %s", got, one)
	}
	third := s.onPhone("bea again")
	third.Says(second)
	if got := third.handle(); got != two {
		t.Fatalf("the other words led to %s, not %s", got, two)
	}
	bea.Presses(flows.Erase)
	third.Says("00")
	s.later(residueCeiling + time.Minute)
	if n := s.stored(); n != 0 {
		t.Fatalf("%d records are left", n)
	}
}

// S4: giving return words while waiting, or while an adviser is there, costs nobody the place.
func TestS4_WordsCostNoPlace(t *testing.T) {
	for _, held := range []bool{false, true} {
		s := newScene(t)
		mai := s.adviser("adviser-1")
		ana := s.onWeb("ana")
		words, _ := ana.makesWords(mai)
		ana.Taps("done")
		bea := s.onWeb("ana on another phone")
		bea.waits()
		if held {
			mai.Claims(bea.handle())
		}
		bea.Says(words)
		bea.Taps("yes")
		q := s.bot.Queue()
		if len(q) != 1 || q[0].Handle != bea.handle() || held != (q[0].Adviser == mai.id) {
			t.Fatalf("held %v: the queue: %+v", held, q)
		}
	}
}

// S2, S11: a conversation opened elsewhere leaves the old phone what it needs to withdraw, and a new one there is not touched.
func TestS2_WhatTheOldPhoneHoldsIsWithdrawn(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana, c := s.onChat("ana")
	ana.writes("hi", "1", "1", "1", "9")
	mai.Claims(ana.handle())
	mai.Closes(ana.handle())
	ana.writes("2", "1")
	words, _ := ana.madeWords()
	web := s.onWeb("ana on the web")
	web.Says(words)
	s.later(time.Minute)
	if !slices.Contains(c.deleted, "1") || !slices.Contains(c.deleted, "in-ana-1") {
		t.Fatalf("deleted at the old phone: %v", c.deleted)
	}
	if got := ana.send(Inbound{ID: "ana-5", Text: Hide("9")}); !got.Repeat {
		t.Fatal("a late repeat was taken at the old phone")
	}
	ana.Says("hi")
	s.ok(s.bot.finish(s.ctx, ana.name(), web.name())) // as after a crash: jobs may run again
	if ana.record() == nil || ana.record().Handle == "" {
		t.Fatal("the new conversation at the old phone is gone")
	}
}

// Leaving and coming back in the same instant, by two requests: the conversation that is there has its deadline and its
// page, whoever wrote it down last.
func TestGoneAndBackAtOnce(t *testing.T) {
	s := newScene(t)
	ana := s.onWeb("ana")
	ana.Taps("yes")
	back := &meanwhile{Store: s.talks, do: func() {
		_, err := s.bot.Take(s.ctx, Inbound{Channel: "web", Address: Hide("ana"), ID: "new", Page: true, Lang: "en", Country: "GB", Choice: "yes", Turn: "0"})
		s.ok(err)
	}}
	s.bot.cfg.Store = back
	ana.Presses(flows.Leave)
	if n := s.bot.Load().Sittings; n != 1 {
		t.Fatalf("%d sittings are known, not 1", n)
	}
	s.later(sittingIdle)
	s.later(keepNow)
	if ana.record() != nil {
		t.Fatal("it has no deadline")
	}
}

// A meanwhile is a store in which something happens between an erase and its answer, once.
type meanwhile struct {
	store.Store
	do func()
}

func (m *meanwhile) Swap(ctx context.Context, name store.Name, old store.Rev, next store.Record) (store.Rev, error) {
	rev, err := m.Store.Swap(ctx, name, old, next)
	if do := m.do; len(next.Sealed) == 0 && do != nil {
		m.do = nil
		do()
	}
	return rev, err
}

// Pages that come and go leave nothing in memory.
func TestNothingStaysInMemory(t *testing.T) {
	s := newScene(t)
	for i := range 8 {
		ana := s.onWeb(fmt.Sprint("ana-", i))
		ana.Taps("yes")
		ctx, stop := context.WithCancel(s.ctx)
		ended := make(chan struct{})
		revs := make(chan Rev)
		go func() {
			defer close(ended)
			for rev := range s.bot.Changes(ctx, "web", Hide(ana.address)) {
				revs <- rev
			}
		}()
		<-revs
		ana.Presses(flows.Leave)
		if rev := <-revs; rev != 0 {
			t.Fatalf("the page hears %d, not that it is gone", rev)
		}
		<-ended
		stop()
	}
	b := s.bot
	if len(b.cells)+len(b.byHandle)+len(b.present)+len(b.readers)+len(b.busy) != 0 {
		t.Fatalf("left: %d cells, %d handles, %d presences, %d readers, %d busy", len(b.cells), len(b.byHandle), len(b.present), len(b.readers), len(b.busy))
	}
}

// After a start a page that is there hears its own Rev at once, not that it is gone: it would leave.
func TestAPageAsksBeforeTheListIsRead(t *testing.T) {
	s := newScene(t)
	ana := s.onWeb("ana")
	ana.Taps("yes")
	s.ok(s.line.Close())
	s.ok(s.talks.Close())
	s.ok(s.lines.Close())
	s.open()
	ana.view()
	for rev := range s.bot.Changes(s.ctx, "web", Hide("ana")) {
		if rev == 0 {
			t.Fatal("the page hears that it is gone")
		}
		break
	}
}

// Newcomers to a full house at the same moment all get in.
func TestAFullHouseTurnsNobodyAway(t *testing.T) {
	s := newScene(t)
	s.bot.cfg.MaxSittings = 4
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			_, err := s.bot.Take(s.ctx, Inbound{Channel: "web", Address: Hide(fmt.Sprint("ana-", i)), ID: "1", Page: true, Lang: "en", Country: "GB", Choice: "yes"})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// S11: 64 messages of one person at the same moment, each repeated by the provider: each is taken once.
func TestS11_ManyAtOnce(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onPhone("ana")
	ana.writes("hi", "1", "1", "1", "9")
	mai.Claims(ana.handle())
	var wg sync.WaitGroup
	for i := range maxSeen {
		for range 2 {
			wg.Go(func() {
				_, err := s.bot.Take(s.ctx, Inbound{Channel: "text", Address: Hide("ana"), ID: fmt.Sprint("m", i), Text: Hide(fmt.Sprint("line ", i))})
				if err != nil {
					t.Error(err)
				}
				s.bot.Tend(s.ctx)
			})
		}
	}
	wg.Wait()
	if got := strings.Count(mai.reads(ana.handle()), "person: line"); got != maxSeen {
		t.Fatalf("%d lines, not %d", got, maxSeen)
	}
}

// S10: a pointer whose conversation is gone, as a full disk within an erase can leave it, goes at the next start; a good one stays.
func TestS10_DeadPointersGo(t *testing.T) {
	s := newScene(t)
	mai := s.adviser("adviser-1")
	ana := s.onWeb("ana")
	words, _ := ana.makesWords(mai)
	ana.Taps("done")
	dead := store.NewName(s.bot.secretNow(), "words", "of nobody")
	s.ok(s.bot.putPointer(s.ctx, dead, pointer{To: dead[:]}))
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	ended := make(chan error)
	go func() { ended <- s.bot.Run(ctx) }()
	for ch, err := range s.talks.Watch(ctx) {
		s.ok(err)
		if ch.Name == dead && ch.Rev == 0 {
			break
		}
		if ch.Listed {
			if _, err := s.talks.Get(ctx, dead); err != nil {
				break
			}
		}
	}
	stop()
	s.ok(<-ended)
	back := s.onWeb("ana again")
	back.Says(words)
	if back.record().Words == nil {
		t.Fatal("good words open nothing")
	}
}

// S1, S10: a clock that is put right by a day leaves no sitting open for that day, and keeps nothing longer.
func TestS1_AClockTurnedBack(t *testing.T) {
	s := newScene(t)
	s.adviser("adviser-1")
	ana, bea := s.onPhone("ana"), s.onPhone("bea")
	ana.writes("hi", "1", "1", "1", "9")
	bea.writes("hi", "1", "1", "1")
	bea.Says("0")
	s.later(-24 * time.Hour)
	s.later(sittingIdle)
	if ana.record().Flow.Open {
		t.Fatal("the sitting is still open")
	}
	if q := s.bot.Queue(); len(q) != 1 || q[0].Until.After(s.now.Add(waitCeiling)) {
		t.Fatalf("the queue: %+v", q)
	}
	s.later(residueCeiling)
	if bea.record() != nil {
		t.Fatal("the residue stays longer than it may")
	}
	s.later(waitCeiling)
	s.later(residueCeiling)
	if ana.record() != nil {
		t.Fatalf("kept longer than it may be: %+v", ana.record())
	}
}
