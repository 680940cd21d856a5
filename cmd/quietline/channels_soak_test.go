package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quietline/bot/telegram/telegramtest"
	"quietline/bot/twilio/twiliotest"
	"quietline/store"
	"quietline/store/bolt"
)

// A soakPlan is how much of it.
type soakPlan struct {
	mode    string // of Telegram
	people  int    // by all channels in turn
	at      int    // of them at once
	notes   int    // of an adviser to each
	kills   int    // exactly; 0: as long as there are people
	every   time.Duration
	hush    time.Duration // how long an adviser waits for more
	most    time.Duration // for all of them
	faults  []telegramtest.Fault
	twilios []twiliotest.Fault
}

// underWay is how long before a kill a message may have been handed over that the line could not note any more.
const underWay = time.Second

// A soak is one run.
type soak struct {
	*provided
	plan   soakPlan
	dice   *dice
	code   string
	people []*soaked
	desk   *soakDesk
	late   sync.WaitGroup
	killed []kill
	said   strings.Builder // all that the program printed, every time
}

// A kill is when a process was killed, and when it was certainly dead.
type kill struct{ at, dead time.Time }

// TestSoakSmall is a short soak, in every make test.
func TestSoakSmall(t *testing.T) {
	small := soakPlan{at: 30, notes: 1, every: 2 * time.Second, hush: 3 * time.Second, most: 5 * time.Minute,
		faults:  []telegramtest.Fault{telegramtest.Error500, telegramtest.HTML502, telegramtest.CutBefore, telegramtest.CutAfter, telegramtest.TooMany, telegramtest.Hangs},
		twilios: []twiliotest.Fault{twiliotest.RateLimit, twiliotest.ServerError, twiliotest.ErrorAfter, twiliotest.CutBefore, twiliotest.CutAfter, twiliotest.Garbled}}
	for mode, people := range map[string]int{modeWebhook: 20, modePoll: 10} {
		plan := small
		plan.mode, plan.people, plan.kills = mode, people, 2
		if mode == modePoll {
			plan.kills = 1
		}
		t.Run(mode, func(t *testing.T) {
			t.Parallel() // it mostly waits for what is tried again
			soaks(t, plan)
		})
	}
}

// soaks lets people come and go by every channel while providers fail and the program is killed, and looks at what is
// left: S10, S11, S12, and S7 for who has gone.
func soaks(t *testing.T, plan soakPlan) {
	seed := uint64(time.Now().UnixNano())
	s := &soak{provided: provides(t, plan.mode, true), plan: plan, dice: &dice{r: rand.New(rand.NewPCG(seed, 1))}}
	s.config = strings.Replace(s.config, `desk_listen = "127.0.0.1:0"`, `desk_listen = "`+freeAddress(t)+`"`, 1)
	write(t, s.dir, "quietline.toml", s.config)
	s.serves()
	s.code = madeCode(t, s.dir)
	one := s.adviser("adviser-1")
	s.desk = &soakDesk{t: t, base: s.provided.desk, form: one.field("form"), client: one.client, notes: plan.notes, hush: plan.hush,
		claimed: map[string]bool{}, holds: map[string]string{}}
	s.cast()
	s.weather(0.3)
	begun := time.Now()
	s.comeAndGo()
	took := time.Since(begun)
	left := s.aftermath()
	s.judges(left)
	s.summary(seed, took)
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := listen("a test", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *soak) cast() {
	for i := range s.plan.people {
		one := &soaked{name: nameOf(i), fate: fateOf(i / 3)}
		number := fmt.Sprintf("+447700900%03d", i+1)
		switch i % 3 {
		case 0:
			one.channel, one.phone = "telegram", telegramPhone{s.telegram.Phone()}
		case 1:
			one.channel, one.phone = "sms", twilioPhone{s.twilio.Phone(number), false, s.dice, &s.late}
		case 2:
			one.channel, one.phone = "whatsapp", twilioPhone{s.twilio.Phone(number), true, s.dice, &s.late}
		}
		s.people = append(s.people, one)
	}
}

// weather makes a share of all calls fail, and what comes in come twice, late, and past what others write.
func (s *soak) weather(share float64) {
	var twice, jumbled float64
	var held time.Duration
	if share > 0 {
		twice, jumbled, held = 0.1, 0.1, 300*time.Millisecond
	}
	s.telegram.Fail(telegramtest.Faults{Share: share, Kinds: s.plan.faults, Twice: twice, Late: held, Rand: rand.New(rand.NewPCG(uint64(s.dice.upTo(1<<40)), 2))})
	s.twilio.SetWeather(twiliotest.Weather{Calls: share, Faults: s.plan.twilios, Twice: twice, Jumbled: jumbled, Draw: s.dice.float})
}

// comeAndGo lets everybody have their conversation, and kills the program meanwhile.
func (s *soak) comeAndGo() {
	ctx, cancel := context.WithTimeout(context.Background(), s.plan.most)
	defer cancel()
	room := make(chan struct{}, s.plan.at)
	var walking sync.WaitGroup
	for _, one := range s.people {
		walking.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			waits(ctx, s.dice.upTo(time.Second))
			one.walks(s.t, ctx, s.code, s.plan.notes)
		})
	}
	stop, all := make(chan struct{}), make(chan struct{})
	s.desk.wg.Go(func() { s.desk.works(ctx, stop) })
	go func() {
		walking.Wait()
		close(stop) // who still waits stays in the queue
		s.desk.wg.Wait()
		s.late.Wait()
		close(all)
	}()
	for going := true; going || len(s.killed) < s.plan.kills; {
		wake := time.NewTimer(s.plan.every/2 + s.dice.upTo(s.plan.every))
		select {
		case <-all:
			going, all = false, nil
		case <-wake.C:
			if s.plan.kills == 0 || len(s.killed) < s.plan.kills {
				s.kills()
			}
		}
		wake.Stop()
	}
}

// kills ends the program as kill -9 does, and starts it again.
func (s *soak) kills() {
	at := time.Now()
	s.serving.killed()
	s.killed = append(s.killed, kill{at, time.Now()})
	s.hears()
	s.serving, s.page, _ = serves(s.t, s.dir)
}

// hears keeps what the program said.
func (s *soak) hears() {
	said, _ := s.serving.out.now()
	s.said.WriteString(said)
}

// goesOn stops the program, lets time pass, and starts it again. The providers are well by now.
func (s *soak) goesOn(ahead time.Duration) {
	s.t.Helper()
	select {
	case <-s.serving.end:
	default:
		s.serving.stops()
	}
	s.hears()
	s.serving = startCommand(s.t, s.dir, laterName, ahead.String())
	s.serving.prints(`msg=serving `)
}

// A residue is what was found at the end.
type leftOver struct {
	records int // besides the secret
	twilio  []twiliotest.Record
	person  int // messages in chats
	bot     int
}

// aftermath lets sittings close, the providers' copies and the chats be cleared, and everything end.
func (s *soak) aftermath() leftOver {
	s.weather(0)
	within(s.t, patience, "Telegram has delivered everything", func() bool { return s.telegram.Pending() == 0 })
	s.twilio.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s.holdsWhoIsSilent(ctx)
	s.everyRecordIsDue()
	s.search()

	s.goesOn(20 * time.Minute) // the sittings have closed
	s.writesToWhoIsSilent(ctx)
	within(s.t, patience, "nothing is left at Twilio", func() bool { return len(s.twilio.Left()) == 0 })
	s.goesOn(26 * time.Hour)
	within(s.t, patience, "no message that a person wrote is left at Telegram", func() bool { people, _ := s.telegram.Left(); return people == 0 })
	var left leftOver
	for days := 4; days <= 24; days += 4 { // what an end begins has its own time
		s.goesOn(time.Duration(days) * 24 * time.Hour)
		waits(ctx, 500*time.Millisecond) // what is due is done at once
		s.serving.stops()
		left.records = 0
		s.records(func(store.Name, store.Change) { left.records++ })
		if left.records == 0 {
			break
		}
	}
	s.hears()
	left.twilio = s.twilio.Left()
	left.person, left.bot = s.telegram.Left()
	return left
}

// records are all records but the secret, read while the program does not run.
func (s *soak) records(each func(store.Name, store.Change)) {
	s.t.Helper()
	st, err := bolt.Open(filepath.Join(s.dir, "state"), talksName, bolt.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer st.Close()
	for ch, err := range st.Watch(context.Background()) {
		if err != nil {
			s.t.Fatal(err)
		}
		if ch.Listed {
			return
		}
		if ch.Name != (store.Name{}) {
			each(ch.Name, ch)
		}
	}
}

// everyRecordIsDue: nobody is without a deadline.
func (s *soak) everyRecordIsDue() {
	s.t.Helper()
	s.serving.stops()
	s.hears()
	n := 0
	s.records(func(_ store.Name, ch store.Change) {
		n++
		if ch.Due.IsZero() {
			s.t.Error("a record has no deadline")
		}
	})
	if n < len(s.people)/2 {
		s.t.Errorf("there are %d records of %d people", n, len(s.people))
	}
	s.serving, s.page, _ = serves(s.t, s.dir)
}

// holdsWhoIsSilent: everybody who fell silent with an adviser still has one, who still reads every line once.
func (s *soak) holdsWhoIsSilent(ctx context.Context) {
	_, list := s.desk.call(ctx, http.MethodGet, "/list", nil)
	for _, one := range s.people {
		if one.fate != silent {
			continue
		}
		handle := s.desk.holds[one.name]
		if handle == "" || !strings.Contains(list, handle) {
			s.t.Errorf("%s by %s (handle %q) fell silent and has nobody", one.name, one.channel, handle)
			continue
		}
		log, _ := s.desk.reads(ctx, handle, func(string) bool { return true })
		for i := 1; i <= s.plan.notes; i++ {
			if n := strings.Count(log, lineText(i, one.name)); n != 1 {
				s.t.Errorf("%s by %s: the adviser reads line %d %d times", one.name, one.channel, i, n)
			}
		}
	}
}

func (s *soak) writesToWhoIsSilent(ctx context.Context) {
	for _, one := range s.people {
		if handle := s.desk.holds[one.name]; one.fate == silent && handle != "" {
			s.desk.writes(ctx, handle, lateText(handle))
		}
	}
}

// judges says what is wrong with what was found.
func (s *soak) judges(left leftOver) {
	t := s.t
	if left.records > 0 {
		t.Errorf("%d records outlive everything", left.records)
	}
	if len(left.twilio) > 0 || left.person > 0 {
		t.Errorf("left at Twilio: %+v; of people at Telegram: %d", left.twilio, left.person)
	}
	for _, one := range s.people {
		got := one.phone.got()
		bye := false
		for _, m := range got {
			if strings.Contains(m.text, "Late for") {
				t.Errorf("%s by %s: a message came after the sitting: %q", one.name, one.channel, m.text)
			}
			isBye := strings.Contains(m.text, "Goodbye")
			if bye && !isBye {
				t.Errorf("%s by %s: after the goodbye came %q; all:\n%s", one.name, one.channel, m.text, one.screen())
			}
			bye = bye || isBye
		}
	}
}

// nearKill says whether the program was killed soon after this.
func (s *soak) nearKill(at time.Time) bool { return s.killedIn(at, at.Add(underWay)) }

func (s *soak) killedIn(from, to time.Time) bool {
	return slices.ContainsFunc(s.killed, func(k kill) bool { return !k.dead.Before(from) && k.at.Before(to) })
}

// A tally is what the providers could not tell, and what follows from that.
type tally struct{ twice, orphans, cut, underWay, sent int }

// twiceTold counts messages that came more than once. Telegram has no way to tell that one was taken whose answer was cut
// off, or came to a process that was dying; Twilio is asked what it has.
func (s *soak) twiceTold(one *soaked) (c tally) {
	last := map[string]came{}
	for _, m := range one.phone.got() {
		c.sent++
		if m.lost {
			c.cut++
		}
		key := m.text
		if note := noteForm.FindString(m.text); note != "" {
			key = note
		}
		before, again := last[key]
		last[key] = m
		if !again {
			continue
		}
		c.twice++
		switch {
		case one.channel == "telegram" && before.lost:
		case one.channel == "telegram" && s.nearKill(before.at) && s.killedIn(before.at, m.at):
			c.underWay++
		default:
			s.t.Errorf("%s by %s: answered twice without need: %q; all:\n%s\nkills: %v", one.name, one.channel, m.text, one.screen(), s.killed)
		}
	}
	if one.channel != "telegram" {
		return c
	}
	for _, m := range one.phone.got() {
		if m.gone {
			continue
		}
		c.orphans++
		if !m.lost && !s.nearKill(m.at) {
			s.t.Errorf("%s: a message that the line knows of stays at Telegram: %q\nkills: %v", one.name, m.text, s.killed)
		}
	}
	return c
}

// search looks for every address where none may be.
func (s *soak) search() {
	s.t.Helper()
	s.hears()
	needles := newNeedles()
	for _, one := range s.people {
		for _, a := range one.phone.address() {
			needles.add(a)
		}
	}
	if found := needles.in([]byte(s.said.String())); found != "" {
		s.t.Errorf("the program printed an address: %s", found)
	}
	for _, part := range []string{"state", "line", "run"} {
		if found := needles.under(s.t, filepath.Join(s.dir, part)); len(found) > 0 {
			s.t.Errorf("an address lies outside the sealed records: %v", found)
		}
	}
}

func (s *soak) summary(seed uint64, took time.Duration) {
	sum := map[string]*tally{"telegram": {}, "sms": {}, "whatsapp": {}}
	byes := 0
	for _, one := range s.people {
		c, all := s.twiceTold(one), sum[one.channel]
		all.twice += c.twice
		all.orphans += c.orphans
		all.cut += c.cut
		all.sent += c.sent
		all.underWay += c.underWay
		if one.ended {
			byes++
		}
	}
	s.search()
	var b strings.Builder
	fmt.Fprintf(&b, "%d conversations (Telegram by %s), %d kills in %s, seed %d\n", len(s.people), s.plan.mode, len(s.killed), took.Round(time.Second), seed)
	fmt.Fprintf(&b, "%d notes of advisers acknowledged, %d lines of people read in order, %d goodbyes\n", s.desk.said, s.desk.lines, byes)
	fmt.Fprintf(&b, "%-9s %9s %12s %11s %11s %12s\n", "channel", "arrived", "answer lost", "came twice", "of kills", "left in chat")
	for _, name := range []string{"telegram", "sms", "whatsapp"} {
		c := sum[name]
		fmt.Fprintf(&b, "%-9s %9d %12d %11d %11d %12d\n", name, c.sent, c.cut, c.twice, c.underWay, c.orphans)
	}
	faults := map[string]int{}
	for _, m := range regexp.MustCompile(`class="?([a-z ]+)`).FindAllStringSubmatch(s.said.String(), -1) {
		faults[strings.TrimSpace(m[1])]++
	}
	fmt.Fprintf(&b, "calls failed: %v\n", faults)
	s.t.Log("\n" + b.String())
}
