package bot

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quietline/flows"
)

var update = flag.Bool("update", false, "write what testdata/scenes should be, to be read before it is kept")

// A play is a scene on a line, written down as it happens. What a wrong reader reads is searched for what is not theirs.
type play struct {
	t       *testing.T
	s       *scene
	pocket  *pocket
	out     strings.Builder
	secrets []string        // in small letters: words and facts that no wrong reader may meet
	wrong   map[string]bool // who that is
	masks   map[string]string
	read    int
	leaks   int
	seen    map[string]int // of a page: lines
	n       int
	shown   map[string]bool // what was written down once, word for word
	staff   []*adviser
}

// adviser is on duty from now on, as long as the play goes on.
func (p *play) adviser(name string) *adviser {
	p.t.Helper()
	a := p.s.adviser(name, "en")
	p.staff = append(p.staff, a)
	return a
}

// moves lets a moment pass, in which the desks are heard.
func (p *play) moves(d time.Duration) {
	p.s.now = p.s.now.Add(d)
	for _, a := range p.staff {
		p.s.line.Beat(a.token)
	}
}

func newPlay(t *testing.T, title string, clears bool) *play {
	t.Helper()
	p := &play{t: t, s: newScene(t), wrong: map[string]bool{}, masks: map[string]string{}, shown: map[string]bool{}, seen: map[string]int{}}
	p.pocket = &pocket{limits: flows.Limits{Channel: "text", MaxChoices: flows.MaxChoices, MaxText: 1600, Clears: clears}, now: func() time.Time { return p.s.now }, chats: map[string][]bubble{}}
	p.s.cfg.Channels = []Channel{p.pocket}
	var seed [32]byte
	p.s.cfg.Rand = &drawn{from: rand.NewChaCha8(seed)} // the same words whenever it is played
	p.s.restart()
	p.out.WriteString(title + "\n")
	return p
}

// note says what happens outside the line.
func (p *play) note(format string, args ...any) {
	fmt.Fprintf(&p.out, "\n[%s. %s]\n", p.s.now.Format("Mon 15:04"), fmt.Sprintf(format, args...))
}

// hides names what a wrong reader must not meet.
func (p *play) hides(words ...string) {
	for _, w := range words {
		p.secrets = append(p.secrets, strings.ToLower(w))
	}
}

// shows writes down what somebody reads.
func (p *play) shows(who, text string) {
	p.t.Helper()
	if p.wrong[who] {
		p.read++
		for _, w := range p.secrets {
			if strings.Contains(strings.ToLower(text), w) {
				p.leaks++
				p.t.Errorf("%s reads %q:\n%s", who, w, text)
			}
		}
	}
	for from, to := range p.masks {
		text = strings.ReplaceAll(text, from, to)
	}
	if text = strings.TrimRight(text, "\n"); strings.Count(text, "\n") >= 2 && p.shown[text] {
		first, _, _ := strings.Cut(text, "\n")
		text = first + "\n[as above]"
	}
	p.shown[text] = true
	for line := range strings.Lines(text) {
		p.out.WriteString(strings.TrimRight("    "+strings.TrimRight(line, "\n"), " ") + "\n")
	}
}

func (p *play) did(who, what string) {
	for from, to := range p.masks {
		what = strings.ReplaceAll(what, from, to)
	}
	fmt.Fprintf(&p.out, "%s: %s\n", who, what)
}

// mask shows random words of a play by what they are.
func (p *play) mask(of, as string) {
	p.masks[of], p.masks[strings.ToUpper(of)] = "["+as+"]", "["+as+", IN CAPITALS]"
}

// makesWords is how words are made on a phone while waiting, with them hidden in what is written down.
func (p *play) makesWords(phone, who string) (words, forced string) {
	p.t.Helper()
	kept := p.out.String()
	before := p.pocket.n
	p.writes(phone, who, "5")
	p.out.Reset()
	p.out.WriteString(kept)
	for _, b := range p.pocket.chats[phone] {
		var n int
		if _, err := fmt.Sscanf(b.id, "out-%d", &n); err == nil && n > before {
			words, forced = p.words(b.text)
			p.mask(words, "three words of hers")
			p.mask(forced, "the same with another third word")
			p.did(who, "5")
			p.shows(who, b.text)
		}
	}
	p.hides(words, forced)
	return words, forced
}

// writes sends a message from a phone in somebody's hand, and reads what comes back.
func (p *play) writes(phone, who string, messages ...string) {
	p.t.Helper()
	for _, words := range messages {
		p.n++
		id := fmt.Sprint("in-", p.n)
		p.pocket.mu.Lock()
		p.pocket.chats[phone] = append(p.pocket.chats[phone], bubble{id: id, from: who, text: words})
		before := p.pocket.n
		p.pocket.mu.Unlock()
		p.did(who, words)
		p.moves(stride)
		_, err := p.s.bot.Take(p.s.ctx, Inbound{Channel: "text", Address: Hide(phone), ID: id, Text: Hide(words), Receipt: &Receipt{ID: id, At: p.s.now, Copy: !p.pocket.limits.Clears}})
		p.s.ok(err)
		p.s.bot.Tend(p.s.ctx)
		p.came(phone, who, before)
	}
}

// came reads what came to a phone after message number before.
func (p *play) came(phone, who string, before int) {
	p.t.Helper()
	for _, b := range p.pocket.chats[phone] {
		var n int
		if _, err := fmt.Sscanf(b.id, "out-%d", &n); err == nil && n > before {
			p.shows(who, b.text)
		}
	}
}

// looks reads all that is on a phone.
func (p *play) looks(phone, who string) {
	p.t.Helper()
	if p.did(who, "(looks at the phone)"); len(p.pocket.chats[phone]) == 0 {
		p.shows(who, "(nothing is there)")
	}
	for _, b := range p.pocket.chats[phone] {
		p.shows(who, map[bool]string{true: "> "}[b.from != ""]+b.text)
	}
}

// waits lets time pass; what comes to a phone meanwhile is read by who.
func (p *play) waits(d time.Duration, phone, who string) {
	p.t.Helper()
	before := p.pocket.n
	for end := p.s.now.Add(d); p.s.now.Before(end); {
		p.moves(min(20*time.Minute, end.Sub(p.s.now)))
		p.s.bot.Tend(p.s.ctx)
	}
	if p.pocket.n > before {
		p.did(who, "(the phone shows)")
		p.came(phone, who, before)
	}
}

// taps is an answer or key on a page, and what the page shows then that it did not show before.
func (p *play) taps(page, who string, choices ...string) {
	p.t.Helper()
	for _, c := range choices {
		p.n++
		p.moves(stride)
		in := Inbound{Channel: "web", Page: true, Address: Hide(page), ID: fmt.Sprint(page, p.n), Lang: "en", Country: "GB", Turn: "0"}
		v := p.view(page)
		if v.Gone {
			first, err := p.s.bot.Preview("web", "en", "GB")
			p.s.ok(err)
			if p.seen[page] == 0 {
				p.did(who, "(opens the page)")
				p.shows(who, asPage(first, 0))
			}
			v = first
		}
		in.Turn = v.Turn
		label := ""
		for _, o := range v.Choices {
			if o.ID == c {
				label = o.Label
			}
		}
		switch key := map[string]flows.Kind{"0": flows.Leave, "00": flows.Erase, "9": flows.Person, "8": flows.Back, "99": flows.Urgent}[c]; {
		case label != "":
			in.Choice = c
		case key != "":
			in.Key, label = key, "("+c+")"
		default:
			in.Text, label = Hide(c), c
		}
		p.did(who, label)
		taken, err := p.s.bot.Take(p.s.ctx, in)
		p.s.ok(err)
		if taken.Stale {
			p.t.Errorf("%s is not offered %q", page, c)
		}
		p.s.bot.Tend(p.s.ctx)
		p.reads(page, who)
	}
}

func (p *play) view(page string) View {
	v, err := p.s.bot.View(p.s.ctx, "web", Hide(page))
	p.s.ok(err)
	return v
}

// reads is what is new on a page.
func (p *play) reads(page, who string) {
	p.t.Helper()
	v := p.view(page)
	if v.Gone {
		p.shows(who, "(the page is gone: the cover's site stands there)")
		p.seen[page] = 0
		return
	}
	p.shows(who, asPage(v, p.seen[page]))
	if n := len(v.Lines); n > 0 {
		p.seen[page] = v.Lines[n-1].Seq
	}
}

func asPage(v View, after int) string {
	var b strings.Builder
	for _, l := range v.Lines {
		switch {
		case l.Seq <= after && after > 0 || l.From == FromPerson:
		case l.From == FromAdviser:
			b.WriteString("adviser: " + plain(l.Blocks) + "\n")
		default:
			b.WriteString(plain(l.Blocks) + "\n")
		}
	}
	for _, c := range v.Choices {
		fmt.Fprintf(&b, "%d %s\n", c.Digit, c.Label)
	}
	return b.String()
}

// queue writes down the queue as a staff member sees it.
func (p *play) queue(a *adviser, name string) []Item {
	p.did(name, "(looks at the queue)")
	items := p.s.bot.QueueFor(a.id)
	if len(items) == 0 {
		p.shows(name, "(nobody waits)")
	}
	for _, it := range items {
		line := []string{string(it.Mode), it.Lang, it.Country}
		for word, is := range map[string]bool{"1 urgent": it.Urgent, "2 lost": it.Lost, "3 left": it.Left, "4 under 18": it.Child, "5 for trained advisers": it.Closed, "6 a check-in stayed unanswered": it.Quiet,
			"7 duress": it.Duress, "8 alert": it.Alert} {
			if is {
				line = append(line, word)
			}
		}
		slices.Sort(line[3:])
		for i := range line[3:] {
			line[3+i] = line[3+i][2:]
		}
		line = append(line, it.Flags...)
		line = append(line, it.Needs...)
		p.shows(name, "- "+strings.Join(line, ", "))
	}
	return items
}

func (p *play) claims(a *adviser, name, handle string) {
	p.t.Helper()
	p.did(name, "(takes it)")
	p.s.ok(p.s.bot.Claim(p.s.ctx, handle, a.id))
	p.s.bot.Tend(p.s.ctx)
	p.shows(name, a.reads(handle))
}

func (p *play) answers(a *adviser, name, handle, words string) {
	p.t.Helper()
	p.moves(0)
	p.did(name, words)
	a.Writes(handle, words)
}

func (p *play) handleOf(channel, address string) string {
	p.t.Helper()
	h := &human{s: p.s, web: channel == "web", address: address}
	return h.handle()
}

func (p *play) record(phone string) *talk {
	p.t.Helper()
	return (&human{s: p.s, address: phone}).record()
}

// words are the return words and the forced ones that a phone or page was told.
func (p *play) words(screen string) (words, forced string) {
	p.t.Helper()
	m := wordsShown.FindStringSubmatch(screen)
	if m == nil {
		p.t.Fatalf("no words on the screen:\n%s", screen)
	}
	return m[1], m[2]
}

// plays compares what was written down with what was kept.
func (p *play) plays(name string) {
	p.t.Helper()
	if p.read == 0 {
		p.t.Error("nobody read it who should not have: the play proves nothing")
	}
	fmt.Fprintf(&p.out, "\nScreens read by whom they were not for: %d. Revelations: %d.\n", p.read, p.leaks)
	file := filepath.Join("testdata", "scenes", name+".txt")
	if *update {
		p.s.ok(os.MkdirAll(filepath.Dir(file), 0o755))
		p.s.ok(os.WriteFile(file, []byte(p.out.String()), 0o644))
		return
	}
	kept, err := os.ReadFile(file)
	p.s.ok(err)
	if got := p.out.String(); got != string(kept) {
		a, b := strings.Split(got, "\n"), strings.Split(string(kept), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				p.t.Fatalf("%s:%d: it is now\n%s\nand was\n%s\nif that is right, run the test with -update and read what changed", file, i+1, a[i], b[i])
			}
		}
		p.t.Fatalf("%s: %d lines now, %d before", file, len(a), len(b))
	}
}
