package flows

import (
	"slices"
	"strings"
)

// choose takes one of the step's choices; an unknown one is as good as unclear text.
func (t *turn) choose(n *node, id string) {
	if n.Menu != "" {
		t.pick(n, id)
		return
	}
	for i := range n.ways {
		w := &n.ways[i]
		if w.answer.ID != id {
			continue
		}
		for k, v := range w.answer.Set {
			switch k {
			case "who":
				t.s.Answers.Who = v
			case "age":
				t.s.Answers.Age = ""
				if v == "child" {
					t.s.Answers.Age = v
				}
			case "flag":
				t.s.Answers.Flags = picked(t.s.Answers.Flags, v)
			case "about":
				t.s.Answers.About = v
			case "outcome":
				need, _, _ := strings.Cut(v, "=")
				kept := slices.DeleteFunc(slices.Clone(t.s.Answers.Outcomes), func(o string) bool { return strings.HasPrefix(o, need+"=") })
				t.s.Answers.Outcomes = append(kept, v)
			case "danger":
				t.s.Answers.Danger = v
			case "share":
				t.s.Answers.Share = v
			case "trace":
				t.s.Answers.Trace = v
			case "ready":
				t.s.Answers.Ready = v
			case "run":
				t.s.Answers.Sign.Run = v
			case "at":
				t.s.Answers.Sign.At = v
			case "line":
				t.s.Answers.Sign.Line = v
			case "miss":
				t.s.Answers.Sign.Miss = v
			}
		}
		for i := range w.answer.Do {
			t.act(w.answer.Do[i])
		}
		t.enter(w.to)
		return
	}
	t.again(n)
}

// pick takes an item of a menu, or turns its page.
func (t *turn) pick(n *node, id string) {
	pages := t.b.menus[n.Menu]
	page := slices.IndexFunc(pages, func(p []Choice) bool {
		return slices.ContainsFunc(p, func(c Choice) bool { return c.ID == id && id != More && id != Skip })
	})
	switch {
	case id == More && len(pages) > 1:
		t.s.Page = (max(t.s.Page, 0) + 1) % len(pages)
		t.question(n)
		return
	case id == Skip && (n.Menu == "needs" || n.Menu == "happening"):
	case page < 0:
		t.again(n)
		return
	case n.Menu == "languages":
		t.act(Effect{Do: SetLanguage, Arg: id})
	case n.Menu == "countries":
		t.act(Effect{Do: SetCountry, Arg: id})
		if t.s.Owed { // "choose your country to see its emergency numbers"
			t.act(Effect{Do: Card})
		}
	case n.Menu == "happening":
		t.s.Answers.Happening = picked(t.s.Answers.Happening, id)
		if t.s.Answers.Share == "all" { // it was given for what was there then
			t.s.Answers.Share = ""
		}
	default:
		t.s.Answers.Needs = picked(t.s.Answers.Needs, id)
	}
	t.enter(n.to)
}

// picked is a list with id at its end, once; the list itself does not change.
func picked(list []string, id string) []string {
	kept := slices.DeleteFunc(slices.Clone(list), func(o string) bool { return o == id })
	return append(kept, id)
}

// goBack leads to the page before, the last question, or says this one again at the start.
func (t *turn) goBack(n *node) {
	if n.Menu != "" && t.s.Page > 0 {
		t.s.Page--
		t.question(n)
		return
	}
	for len(t.s.Back) > 0 {
		last := len(t.s.Back) - 1
		p := t.s.Back[last]
		t.s.Back = t.s.Back[:last:last]
		to := t.b.steps[p]
		if to == nil || !to.Asks() && !to.Rest || to.Sensitive && !t.s.Open || p == n.Place || !t.f.Agreed && looks(to) {
			continue
		}
		t.s.Flow, t.s.Step, t.s.Page = p.Flow, p.Step, 0
		n = to
		break
	}
	t.show(n)
}

// looks says whether a step shows what the person agreed to: with nothing left of it there is nothing to go back to.
func looks(n *node) bool {
	return slices.ContainsFunc(n.Do, func(e Effect) bool { return e.Do == ShowAgreed })
}

// again answers text that is no choice: taken for the adviser where that is promised, else the question once more.
func (t *turn) again(n *node) {
	switch {
	case n.Free != "":
		t.out = append(t.out, Effect{Do: Say, ID: n.Free, Sensitive: n.Sensitive})
	case n.Asks():
		t.out = append(t.out, Effect{Do: Say, ID: MsgNumber})
		t.question(n)
	default:
		t.say(n)
	}
}
