// Package oncall tells those on call that somebody waits and nobody has taken them: step by step, in fixed words that say
// nothing of anybody, until somebody has seen it.
//
// It keeps nothing. Who waits since when is in the queue, that somebody has seen it is in the sealed record, and so a
// restart loses nothing: whoever waits unseen is told of again, at most one message too many for each step.
//
// It stands beside the channels, under bot, because it reads the bot's queue and line's rota; line knows no queue.
package oncall

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"quietline/bot"
	"quietline/line"
)

// The bounds of an alarm.
const (
	// Pause is the least between two messages by one step, whatever happens: a flood is one message with a number. A
	// failed one is tried again after as long.
	Pause = time.Minute
	// sendWithin ends one try; then the next step is told.
	sendWithin = 15 * time.Second
	// heldFor is how long danger may stay unacknowledged with whoever holds the conversation before a lead is told (S3).
	heldFor = time.Minute
	// comeWithin is how long after a shift began, or this program, somebody may take to come on duty.
	comeWithin = 10 * time.Minute
	// deskWithin is how long after the start of this program the desks of who is on duty may take to be heard from.
	deskWithin = time.Minute
	// brokenFor is how long the desk names a failure while nobody is to be told.
	brokenFor = time.Hour
	// lastOfShift is the end of a shift in which the last one may go while nobody waits.
	lastOfShift = 10 * time.Minute
	// lookEvery is the longest between two looks at queue and rota, and lookPause the shortest.
	lookEvery = 5 * time.Second
	lookPause = 500 * time.Millisecond
)

// A Message is what one step is told: fixed words, and a title that says nothing.
type Message struct {
	Title  string
	Text   string // such as "1 waiting, urgent"
	Urgent bool
	Test   bool // of doctor: nothing happened
}

// A Way sends one message to one place. Its error is a *Failure.
type Way func(ctx context.Context, m Message) error

// A Failure is why a message did not leave.
type Failure struct {
	Class string // a fixed word or two, never what the other side said
}

func (f *Failure) Error() string { return "telling those on call: " + f.Class }

// class is the fixed word for any error of a way.
func class(err error) string {
	var f *Failure
	switch {
	case errors.As(err, &f):
		return f.Class
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	}
	return "unknown"
}

// A Step is one way to tell one person or group, and when.
type Step struct {
	Kind   string // how doctor and log call the way: "post", "sms", "mail"
	Way    Way
	After  time.Duration // how long somebody waits unseen before this step is told
	Repeat time.Duration // how long until it is told again; at least Pause
	Lead   bool          // told of danger at once, at any hour
	Always bool          // told of everybody who waits at any hour; otherwise only while a shift is open
}

// Config is what a Pager needs. All must be set.
type Config struct {
	Steps []Step // in the order of escalation; at least one, and one of them Lead
	Title string // neutral
	Bot   func() *bot.Bot
	Line  *line.Line
	Now   func() time.Time
	Log   *slog.Logger
}

// A Pager is the one loop that tells those on call. Make it with New.
type Pager struct {
	cfg   Config
	kick  chan struct{}
	began time.Time

	mu    sync.Mutex
	steps []stepState
	watch watch
}

// A stepState is what one step was told in this process.
type stepState struct {
	told   map[key]bool // of those who wait unseen now
	last   time.Time    // the last try
	failed bool         // the last try for those who wait now failed: the next step is due
	busy   bool
	sent   int
	broken string // class of the last try if it failed; it stays until one goes through
	broke  time.Time
}

// New makes a Pager; it sends nothing before Run or Tend.
func New(cfg Config) (*Pager, error) {
	if cfg.Bot == nil || cfg.Line == nil || cfg.Now == nil || cfg.Log == nil || cfg.Title == "" {
		return nil, errors.New("oncall: a part is missing in the configuration")
	}
	lead := false
	for _, s := range cfg.Steps {
		if s.Way == nil || s.After < 0 || s.Repeat < Pause {
			return nil, errors.New("oncall: a step has no way, or a time that cannot be")
		}
		lead = lead || s.Lead
	}
	if !lead {
		return nil, errors.New("oncall: no step is for danger at any hour")
	}
	return &Pager{cfg: cfg, kick: make(chan struct{}, 1), began: cfg.Now(), steps: make([]stepState, len(cfg.Steps)),
		watch: watch{grave: map[string]time.Time{}, alerts: map[string]time.Time{}}}, nil
}

// Run tells whoever is to be told until ctx ends; then it returns, after the tries under way.
func (p *Pager) Run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { p.follow(ctx) })
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	pause := time.NewTimer(lookPause)
	defer pause.Stop()
	for {
		for _, d := range p.due() {
			work.Go(func() {
				p.send(ctx, d)
				p.wake()
			})
		}
		pause.Reset(lookPause)
		select {
		case <-ctx.Done():
			return
		case <-pause.C: // a busy queue changes hundreds of times a second
		}
		select {
		case <-ctx.Done():
			return
		case <-p.kick:
		case <-tick.C:
		}
	}
}

// follow wakes the loop whenever the queue changes; the bot may be off, or another one after an erase.
func (p *Pager) follow(ctx context.Context) {
	for ctx.Err() == nil {
		if b := p.cfg.Bot(); b != nil {
			p.changes(ctx, b)
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

func (p *Pager) changes(ctx context.Context, b *bot.Bot) {
	for range b.QueueChanges(ctx) {
		p.wake()
		if p.cfg.Bot() != b {
			return
		}
	}
}

func (p *Pager) wake() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// Tend tells whoever is to be told now, and returns when that is done. Run does the same without waiting.
func (p *Pager) Tend(ctx context.Context) {
	for ctx.Err() == nil {
		all := p.due()
		if len(all) == 0 {
			return
		}
		var work sync.WaitGroup
		for _, d := range all {
			work.Go(func() { p.send(ctx, d) })
		}
		work.Wait()
	}
}

// send makes one try and notes what came of it.
func (p *Pager) send(ctx context.Context, d decision) {
	err := p.try(ctx, d.step, d.message)
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.steps[d.step]
	s.busy = false
	if ctx.Err() != nil {
		return // the program stops: nobody knows
	}
	if err != nil {
		s.failed = true
		return
	}
	s.failed, s.told = false, d.tells
	if d.tells[key{}] {
		p.watch.told = !p.watch.nobody.IsZero()
	}
}

// try sends by one step and counts it.
func (p *Pager) try(ctx context.Context, step int, m Message) error {
	within, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	err := p.cfg.Steps[step].Way(within, m)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.steps[step]
	if err != nil {
		s.broken, s.broke = class(err), p.cfg.Now()
		p.cfg.Log.Error("the alarm could not be delivered", "step", step+1, "way", p.cfg.Steps[step].Kind, "class", s.broken)
		return err
	}
	s.sent++
	s.broken = ""
	return nil
}

// A Result is what came of trying one step.
type Result struct {
	Step  int           // from 1
	Way   string        // its Kind
	Class string        // why it failed; empty: it was taken
	Took  time.Duration // until it was taken or failed
}

// Test sends "test" by every step at once.
func (p *Pager) Test(ctx context.Context) []Result {
	out := make([]Result, len(p.cfg.Steps))
	var work sync.WaitGroup
	for i, s := range p.cfg.Steps {
		work.Go(func() {
			from := p.cfg.Now()
			err := p.try(ctx, i, Message{Title: p.cfg.Title, Text: "test", Test: true})
			out[i] = Result{Step: i + 1, Way: s.Kind, Took: p.cfg.Now().Sub(from)}
			if err != nil {
				out[i].Class = class(err)
			}
		})
	}
	work.Wait()
	return out
}

// A State is how a step is.
type State struct {
	Step   int    `json:"step"` // from 1
	Way    string `json:"way"`  // its Kind
	Sent   int    `json:"sent"` // since the program started
	Broken string `json:"failed,omitempty"`
}

// States are all steps, in order.
func (p *Pager) States() []State {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]State, len(p.steps))
	for i, s := range p.steps {
		out[i] = State{Step: i + 1, Way: p.cfg.Steps[i].Kind, Sent: s.sent, Broken: s.broken}
	}
	return out
}

// Undelivered says whether the last message by any step did not leave, while somebody is to be told or for an hour; later it
// is doctor who says so.
func (p *Pager) Undelivered() bool {
	now := p.cfg.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.steps {
		if s.broken != "" && (p.watch.due || now.Sub(s.broke) < brokenFor) {
			return true
		}
	}
	return false
}

// Nobody says whether the alarm is that nobody is on duty, and that nobody has seen it.
func (p *Pager) Nobody() bool {
	now := p.cfg.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.watch.nobody.IsZero() && !p.watch.seen(now)
}

// SeenNobody says that somebody knows that nobody is on duty: it is not told again for [bot.SeenFor], or until a new shift
// begins.
func (p *Pager) SeenNobody() {
	now := p.cfg.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.watch.nobody.IsZero() {
		p.watch.known = now
	}
}
