package check

import (
	"fmt"
	"strings"

	"quietline/flows"
	"quietline/locales"
)

// holding says in plain words what a condition of a branch means, when it holds and when it does not.
var holding = map[string][2]string{
	"language":     {"the language is known", "the language is not known"},
	"country":      {"the country is known", "the country is not known"},
	"onduty":       {"somebody is on duty", "nobody is on duty"},
	"queued":       {"already waiting for a person", "not waiting for a person"},
	"held":         {"an adviser is there", "no adviser is there"},
	"words":        {"return words are set", "no return words"},
	"durable":      {"things can be kept for longer", "nothing can be kept for longer"},
	"web":          {"on the web page", "not on the web page"},
	"pending":      {"an answer is waiting", "no answer is waiting"},
	"shift":        {"the next shift is known", "no shift is planned"},
	"open":         {"a sitting is open", "no sitting is open"},
	"mine":         {"it is surely the same person", "it may be somebody else"},
	"wanted":       {"asked for a person before", "did not ask for a person"},
	"missed":       {"waited in vain before", "did not wait in vain"},
	"who":          {"who it is about was asked", "who it is about was not asked"},
	"needs":        {"needs were picked", "no needs were picked"},
	"share":        {"what may be passed on is decided", "what may be passed on is open"},
	"limited":      {"asked too often", "did not ask too often"},
	"trace":        {"what stays in the chat is decided", "what stays in the chat is open"},
	"clears":       {"the chat can be cleared (Telegram)", "the chat cannot be cleared"},
	"ready":        {"the plain line was asked", "the plain line was not asked"},
	"asked":        {"a check-in is set", "no check-in is set"},
	"zone":         {"the country has one time", "the country has several times"},
	"ended":        {"the adviser has closed the talk", "the talk is not closed"},
	"brief":        {"messages only within a day (WhatsApp)", "messages at any time"},
	"child":        {"said to be under 18", "did not say to be under 18"},
	"happening":    {"what is happening was picked", "nothing was picked"},
	"hurt":         {"said to be hurt", "did not say to be hurt"},
	"harm":         {"wrote of hurting themselves before", "did not write of that"},
	"full":         {"the line says that it is full", "the line is not full"},
	"childbusy":    {"each of those is with somebody else now", "one of those is free"},
	"childtrained": {"somebody trained for children is on duty", "nobody trained for children is on duty"},
	"agreed":       {"a yes to an act stands", "no yes stands"},
	"more":         {"another yes stands", "no other yes stands"},
	"complained":   {"a complaint was made", "no complaint was made"},
	"unheard":      {"no lead is there who could take a complaint", "a lead is there who can take a complaint"},
	"outside":      {"an outside body takes complaints", "no outside body is named"},
}

// doing says in plain words what an effect does.
var doing = map[flows.Do]string{
	flows.OpenSitting: "a sitting opens: words about help may be shown", flows.CloseSitting: "the sitting closes",
	flows.Card: "shows the emergency card", flows.Lines: "shows lines to call", flows.Rights: "shows the country's rights",
	flows.Summary: "shows what an adviser would see", flows.SayLimits: "says what the line cannot keep to itself",
	flows.Queue: "begins to wait for a person", flows.QueueUrgent: "waits for a person, at the front", flows.Unqueue: "stops waiting",
	flows.MakeWords: "makes and shows return words", flows.KeepFor: "is kept for", flows.SetCheckIn: "sets the check-in",
	flows.StopCheckIn: "ends the check-in", flows.ShowCheckIn: "shows the check-in", flows.SetReady: "sends that line when an answer waits",
	flows.ShowPending: "shows the adviser's answer", flows.ShowAct: "shows the act, in the adviser's words", flows.Agree: "agrees to this act alone",
	flows.Refuse: "a no: nothing changes", flows.FirstAct: "looks at each yes in turn, oldest first", flows.ShowAgreed: "shows one act that was agreed to",
	flows.KeepAct: "it holds: the next one, if any", flows.TakeBack: "takes this one back: the next one, if any",
	flows.ShowOutcomes: "shows the answers to the person", flows.SendOutcomes: "shows them to the adviser", flows.DropOutcomes: "throws the answers away",
	flows.Complain: "a lead who is not its subject gets the complaint",
}

// listed says in plain words what a menu offers.
var listed = map[string]string{
	"languages": "a list of languages", "countries": "a list of countries", "needs": "a list of needs, on two screens", "happening": "a list of what may be happening, on two screens",
}

// lead says what brings a person to the steps that no choice leads to.
var lead = map[string]string{
	"arrival": "a first message leads here", "check.cover": "whatever must not be seen leads here", "handoff.person": "the key 9 leads here",
	"closing.left": "the key 0 leads here", "closing.erased": "the key 00 leads here", "return.hello": "return words lead here",
	"handoff.taken": "an adviser comes", "handoff.lost": "the adviser is gone", "handoff.expired": "nobody came in time",
	"closing.ended": "the adviser closes the talk", "hurt.selfharm": "words about hurting oneself lead here",
	"consent": "the adviser asks for a yes", "outcomes": "the adviser offers the questions",
}

// A plain shows a book in words that need no programming, in one language.
type plain struct {
	words *locales.Catalogues
	lang  string
}

// text is a message as it stands, with what is filled in as a word in brackets.
func (p plain) text(id string) string {
	args := locales.Args{}
	for _, h := range p.words.Placeholders(id) {
		args[h] = "[" + h + "]"
		if h == "Count" {
			args[h] = 2
		}
	}
	text, err := p.words.Text(p.lang, id, args)
	if err != nil {
		return "(" + id + ")"
	}
	return text
}

// does is one effect in plain words.
func (p plain) does(e flows.Effect) string {
	text, ok := doing[e.Do]
	switch {
	case !ok:
		return string(e.Do)
	case e.Do == flows.KeepFor:
		return text + " " + map[string]string{"now": "no time: it is deleted", "24h": "one day", "14d": "two weeks", "30d": "this complaint, sealed, 30 days at most"}[e.Arg]
	case e.Do == flows.Lines && p.words.Has(p.lang, "need."+e.Arg):
		return text + ": " + p.text("need."+e.Arg)
	case e.Do == flows.Lines && e.Arg == flows.LinesForChildren:
		return text + " for children"
	case e.Do == flows.Lines && e.Arg == flows.LinesForReports:
		return text + " that take reports"
	}
	return text
}

// holds is a branch's condition in plain words.
func (p plain) holds(b flows.Branch, first bool) string {
	var out []string
	for i, list := range [][]string{b.If, b.Not} {
		for _, w := range list {
			text := w
			if i == 1 {
				text = "not " + w
			}
			if ws, ok := holding[w]; ok {
				text = ws[i]
			}
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		if first {
			return ""
		}
		return "otherwise"
	}
	return "if " + strings.Join(out, " and ")
}

// A road is one way on from a step, with what is written on it.
type road struct {
	to    flows.Place
	notes []string // the answers, or the condition; several when they lead to the same step
}

// roads are the ways on from a step, each destination once, in the order written.
func (p plain) roads(s flows.Step) []road {
	var out []road
	add := func(to flows.Place, note string) {
		for i := range out {
			if out[i].to == to {
				if strings.HasPrefix(note, "if ") {
					note = "or " + note
				}
				if note != "" {
					out[i].notes = append(out[i].notes, note)
				}
				return
			}
		}
		r := road{to: to}
		if note != "" {
			r.notes = []string{note}
		}
		out = append(out, r)
	}
	for i, a := range s.Choices {
		note := fmt.Sprintf("%d %s", i+1, p.text(a.Text))
		for _, e := range a.Do {
			note += " (" + p.does(e) + ")"
		}
		add(a.To, note)
	}
	for i, b := range s.Branch {
		add(b.To, p.holds(b, i == 0))
	}
	if s.To != (flows.Place{}) {
		note := ""
		if s.Menu != "" {
			note = "any answer"
		} else if len(s.Branch) > 0 {
			note = "otherwise"
		}
		add(s.To, note)
	}
	return out
}

// leads says which event brings a person to a step, "" for none.
func leads(f flows.Flow, s flows.Step) string {
	if why, ok := lead[s.Place.String()]; ok {
		return why
	}
	if s.Place.Step == f.Start {
		return lead[f.Name]
	}
	return ""
}
